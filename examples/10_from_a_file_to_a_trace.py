"""Rents of flats: from a file as people have them to every number of one of its rows.

The file has semicolons, decimal commas, dots between thousands, missing cells, texts, yes and no, dates, a counter, a
name in every row and a column that never changes.
"""

from pathlib import Path

import neurosim as ns
from neurosim.problems.table_file import read_table
from neurosim.problems.understanding import understand

table = read_table(Path(__file__).parent / "data" / "flats.csv")
table.path = "flats.csv"  # wherever this program stands
print(f"The first row as it stands in the file: {', '.join(table.rows[0])}\n")

try:
    understand(table, target="rent").examples()
except ns.InputError as error:
    print(f"Dates are neither numbers nor categories:\n{error}\n")

understood = understand(table, target="rent", ignore=["let since"], missing="drop", thousands=".")
print("What is understood:\n" + understood.text())

examples = understood.examples()
training, test = examples.split(0.2, seed=1)
preparation = training.prepare("z-score", target_scaling="z-score")
inputs, targets = preparation.apply(training)
net = ns.Network(preparation.inputs, [ns.Layer(2, "tanh"), ns.Layer(1, "linear")], seed=1)
net.fit(inputs, targets, epochs=200, optimizer=ns.SGD(0.01))

problem = ns.Problem(net, preparation=preparation)
errors = [found - float(label) for (found,), label in zip(problem.predict(test.inputs), test.labels)]
print(f"\nThe rents of {len(test)} flats it never saw, at most {max(map(abs, errors)):.0f} wrong")

row, rent = examples.inputs[0], float(examples.labels[0])
print(f"\nThe first flat again: {row}, which the network gets as")
(scaled,), (target,) = preparation.encode([row]), preparation.scale_targets([[rent]])
for name, unit, value in zip(preparation.input_names, net.input_names, scaled):
    print(f"  a[{unit}] = {value:8.5f}  {name}")
print(f"  t[o1] = {target[0]:8.5f}  rent of {rent}")

trace = net.trace(scaled, target, ns.SGD(0.01))
print("\n" + trace.table(units=["h1", "o1"], phases=["forward", "backward"], width=100))
((found,),) = preparation.in_own_unit([[trace["a[o1]"].value]])
print(f"\na[o1] is a rent of {found:.2f}: {trace['a[o1]'].value:.5f} * {preparation.target_scale:.3f} + "
      f"{preparation.target_center:.3f}")
