"""A trace is a spreadsheet: ask where a number comes from, swap something, work as on paper, check it.

The network is the worked example of Han and Kamber: three inputs, units 4 and 5, and unit 6 at the end.
"""

import neurosim as ns

trace = ns.built_in("han-kamber").trace()

print("Where does the new weight from input 1 to unit 4 come from?\n")
print(trace.explain("1->4").text(decimals=4))

print("\nThe book rounds its outputs to three places and goes on with those:\n")
on_paper = trace.replay(rounding={"a": ns.Places(3), "delta": ns.Places(4), "w+": ns.Places(3), "b+": ns.Places(3)})
for address in ("a[6]", "delta[6]", "delta[4]", "w+[4->6]", "b+[6]"):
    print(f"{address:9} exact {trace[address].value:9.6f}   on paper {on_paper[address].value:8.4f}")

print("\nWhat if the derivative of the sigmoid had been forgotten in unit 6?\n")
forgotten = trace.replay(rules={"delta[6]": lambda output_gradient, slope: output_gradient})
for address in ("delta[6]", *trace.affects("delta[6]")):
    if address.startswith(("delta", "w+")):
        print(f"{address:9} {trace[address].value:8.4f} becomes {forgotten[address].value:8.4f}")

print("\nIs it true?")
print("the trace:", trace.verify())
steps = [step._replace(value=0.5) if step.address == "a[4]" else step for step in trace]
print("with one number changed:", ns.Trace(steps, trace.rules, trace.structure, trace.settings).verify())
