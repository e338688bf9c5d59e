"""An activation, a loss or an optimizer of your own works wherever a built-in one does, or one line says why not."""

import math

import pytest

import neurosim as ns
from neurosim import InputError, Layer, Network
from neurosim.core.optimizers import UpdateRule
from neurosim.support.numeric import exp, sign

EXAMPLES = [[0.3, 0.5], [0.1, -0.7]], [[1], [0]]


class Bell(ns.Activation):
    formula = "exp(-z^2)"
    derivative_formula = "-2 * z * a"

    def __call__(self, net_input):
        return exp(0 - net_input * net_input)

    def derivative(self, net_input, output):
        return -2 * (net_input * output)


class Power(ns.Activation):
    """Without formulas, and with a setting."""

    parameters = ("exponent",)

    def __init__(self, exponent):
        self.exponent = exponent

    def __call__(self, net_input):
        return net_input**self.exponent

    def derivative(self, net_input, output):
        return self.exponent * net_input ** (self.exponent - 1)


class FloatsOnly(ns.Activation):
    def __call__(self, net_input):
        return math.sin(net_input)

    def derivative(self, net_input, output):
        return math.cos(net_input)


class FourthPower(ns.Loss):
    def term(self, output, target, size):
        return (output - target) ** 4 / 4

    def derivative(self, output, target, size):
        return (output - target) ** 3


class SignDescent(ns.Optimizer):
    def rules(self, g, like):
        return [UpdateRule("w+", ("w", "eta", g), "{0} - {1}*sign({2})", lambda w, eta, g: w - eta * sign(g))]


def network(hidden, output="sigmoid"):
    return Network(2, [Layer(2, hidden), Layer(1, output)], loss=FourthPower, seed=1)


@pytest.mark.parametrize("hidden", [Bell, Bell(), Power(3), FloatsOnly])
def test_own_classes_work_everywhere(hidden):
    net = network(hidden, Power(2))
    name = net.layers[0].activation.label
    assert f"<Network 2-2-1: {name.split('(')[0]}, Power; FourthPower>" == repr(net)
    assert name in net.summary() and "Power(exponent=2)" in net.summary()
    trace = net.trace(*EXAMPLES, SignDescent(0.1), batch_size=2, epochs=2)
    assert trace.verify()
    assert trace.explain("x1->h1@4").ledger.total == pytest.approx(trace.explain("x1->h1@4").gradient.value)
    for form in (trace.table, trace.text, trace.markdown, trace.latex, trace.json, trace.csv, trace.dot, trace.mermaid,
                 trace.svg, net.svg):
        assert form()
    history = net.fit(*EXAMPLES, epochs=5, optimizer=SignDescent(0.01))
    assert len(history) == 5 and len(net.predict(EXAMPLES[0])) == 2
    assert net.check_gradients(*EXAMPLES, "central")


def test_a_class_without_a_formula_is_written_as_a_call():
    trace = network(Power(2)).trace([0.3, 0.5], [1])
    table = trace.table(units=["h1", "o1"])
    assert "Power(z[h1])" in table and "Power'(z[h1])" in table and "FourthPower'(a[o1], t[o1])" in table


def test_a_class_has_its_python_name_unless_it_gives_itself_one():
    class Named(Bell):
        name = "bell"

    class Own(ns.ACTIVATIONS["sigmoid"]):
        pass

    assert (Bell.name, Named.name, Own.name, ns.ACTIVATIONS["sigmoid"].name) == ("Bell", "bell", "Own", "sigmoid")
    assert network(Named).layers[0].activation.label == "bell"


def test_two_nameless_classes_in_one_network_stay_apart_in_its_trace():
    trace = network(Bell, FloatsOnly).trace([0.3, 0.5], [1])
    assert (trace["a[h1]"].rule, trace["a[o1]"].rule) == ("Bell", "FloatsOnly") and trace.verify()


@pytest.mark.parametrize("call, message", [
    (lambda: network(Power), r"activation Power: give an object of the class: .*missing 1 required positional argument"),
    (lambda: network(Bell).save("net.json"), r"activation Bell\(\) is a class of your own; a file can only name"),
    (lambda: Network(1, [Layer(1)], loss=FourthPower).save("net.json"), r"loss FourthPower\(\) is a class of your own"),
    (lambda: ns.Problem(Network(1, [Layer(1)]), optimizer=SignDescent(1)).save("net.json"), "optimizer SignDescent.* class"),
    (lambda: network(Bell).trace([1, 2]).save("t.jsonl"), r"activation Bell\(\) is a class of your own"),
    (
        lambda: Layer(1, type("Duck", (), {})),
        "expected an activation, by name or as an object of a subclass of Activation, got <class",
    ),
    (lambda: network(type("Empty", (ns.Activation,), {})).forward([1, 2]), r"Empty has no __call__\(net_input\)"),
])
def test_what_cannot_be_says_so_in_one_line(call, message, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises((InputError, NotImplementedError), match=message) as caught:
        call()
    assert "\n" not in str(caught.value) and not list(tmp_path.iterdir())


def test_a_type_error_in_your_own_activation_keeps_its_message():
    class Faulty(ns.Activation):
        def __call__(self, net_input):
            return net_input + None

    with pytest.raises(TypeError, match="'float' and 'NoneType'"):
        Network(1, [Layer(1, Faulty(), weights=[[1.0]])]).forward([1.0])


@pytest.mark.parametrize(
    "state, formulas, message",
    [
        ((), {"w+": "w - etta*g"}, "Mine, formula of w+: unknown name 'etta'; did you mean 'eta'?"),
        ((), {"w+": "w - eta*dE/dw"}, "Mine, formula of w+: unknown name 'dE'; choose from w, g, eta, t"),
        ((), {"w+": "w - eta*sgn(g)"}, "unknown function 'sgn'; did you mean 'sign'?"),
        ((), {"w+": ""}, "Mine, formula of w+: '' is no formula: nothing stands in it"),
        ((), {"w+": "1"}, "Mine, formula of w+: '1' is always the same"),
        ((), {"w+": "w > g"}, "Mine, formula of w+: 'w > g' is a condition and no number"),
        ((), {"w+": 3}, "Mine, formula of w+: expected a text, got 3"),
        ((), {"W+": "w"}, "Mine: formulas must be a dict whose last key is \"w+\", got {'W+': 'w'}"),
        ((), "w - eta*g", "Mine: formulas must be a dict whose last key is \"w+\", got 'w - eta*g'"),
        ((), {"u+": "g", "w+": "w - v+"}, "Mine, formula of w+: unknown name 'v+'; choose from w, g, eta, t, u+"),
        ((), {"b": "g^2", "w+": "w - b"}, "Mine: 'b' cannot be the name of a quantity of its own"),
        (("w", "u"), {"u+": "g", "w+": "w - u+"}, "Mine: 'w' cannot be the name of a quantity of its own"),
        ((), {"my step": "g", "w+": "w"}, "Mine: 'my step' cannot be the name of a quantity of its own"),
        (("u",), {"w+": "w - u"}, "Mine: state names 'u', so formulas must have one for 'u+'"),
        ("u", {"u+": "g", "w+": "w - u+"}, "Mine: state must be a tuple of names, got 'u'"),
    ],
)
def test_a_wrong_optimizer_is_refused_by_its_formula_and_changes_nothing(state, formulas, message):
    optimizer = type("Mine", (ns.Optimizer,), {"state": state, "formulas": formulas})(0.1)
    net = Network(1, [Layer(1)], seed=1)
    before = net["o1"].weights
    for use in (lambda: net.trace([1], [0], optimizer), lambda: net.fit([[1]], [[0]], optimizer=optimizer)):
        with pytest.raises(InputError) as caught:
            use()
        assert message in str(caught.value) and "\n" not in str(caught.value)
    assert net["o1"].weights == before
