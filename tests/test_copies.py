"""Traces and what is made of them pickle, deep-copy and compare."""

import copy
import pickle

import pytest

from neurosim import SGD, Adam, InputError, Layer, Network, Places, Rule, Trace, built_in


def trace():
    return built_in("mazur").trace()


def cubed(x):
    return x**3


COPIES = {
    "trace": trace,
    "trace with Adam, clipping and a schedule": lambda: Network(1, [Layer(2, "softmax", weights=[[1.0], [2.0]])]).trace(
        [[1.0], [2.0]], [[0, 1], [1, 0]], Adam(0.1, l2=0.1, schedule="inverse_time"), 2
    ),
    "rounded trace": lambda: trace().replay(rounding=Places(4)),
    "trace with a function in it": lambda: trace().replay(
        rules={"a[h1]": cubed}
    ),
    "explanation": lambda: trace().explain("x1->h1"),
    "ledger": lambda: trace().explain("x1->h1").ledger,
    "true verdict": lambda: trace().verify(),
    "false verdict": lambda: trace().replay(values={"z[h1]": 0.38}).verify(),
    "gradient check": lambda: built_in("mazur").network.check_gradients([0.05, 0.1], [0.01, 0.99]),
}


@pytest.mark.parametrize("name", COPIES)
def test_a_pickled_copy_is_equal(name):
    result = COPIES[name]()
    assert pickle.loads(pickle.dumps(result)) == result


@pytest.mark.parametrize("name", COPIES)
def test_a_deep_copy_is_equal(name):
    result = COPIES[name]()
    copied = copy.deepcopy(result)
    assert copied is not result and copied == result


@pytest.mark.parametrize("name", COPIES)
def test_results_that_can_change_have_no_hash(name):
    with pytest.raises(TypeError, match="unhashable"):
        hash(COPIES[name]())


def test_a_pickled_trace_works_out_the_same():
    original = COPIES["trace with Adam, clipping and a schedule"]()
    loaded = pickle.loads(pickle.dumps(original))
    assert [loaded.evaluate(step) for step in loaded] == [original.evaluate(step) for step in original]
    assert loaded.table() == original.table() and loaded.verify()


def test_a_pickled_trace_keeps_a_function_in_the_place_of_a_known_rule():
    original = trace()
    original.rules["delta"] = Rule("delta", "g", cubed, ("g", "slope"))
    assert pickle.loads(pickle.dumps(original)).rules["delta"].evaluate is cubed


def test_a_lambda_is_refused_by_name_when_a_trace_is_pickled():
    with pytest.raises(InputError, match=r"^'own a\[h1\]' cannot be pickled; "):
        pickle.dumps(trace().replay(rules={"a[h1]": lambda z: z}))
    with pytest.raises(InputError, match="^'rounding' cannot be pickled; "):
        pickle.dumps(trace().replay(rounding=lambda value: value))


def test_a_lambda_is_no_hindrance_to_a_deep_copy():
    original = trace().replay(rules={"a[h1]": lambda z: z})
    assert copy.deepcopy(original) == original


def test_a_deep_copy_changes_by_itself():
    original = trace()
    copied = copy.deepcopy(original)
    copied.steps.pop()
    assert len(original) == len(copied) + 1


def test_what_a_trace_has_worked_out_for_itself_is_no_part_of_it():
    original, other = trace(), trace()
    assert original.network is not None and original.after is not None
    assert original == other and pickle.dumps(original) == pickle.dumps(other)


def test_traces_of_other_values_or_rules_differ():
    assert trace() != trace().replay(values={"z[h1]": 0.38})
    tanh, other = (Network(1, [Layer(1, "linear", weights=[[0.0]])]).trace([0.0]) for _ in range(2))
    other.rules["linear"] = Rule("linear", "2*z", cubed)
    assert tanh != other


def test_a_trace_is_equal_to_that_of_another_network_with_the_same_steps():
    first, second = (Network(1, [Layer(1, "linear", weights=[[2.0]])]) for _ in range(2))
    assert first.trace([1.0], [1.0], SGD(0.1)) == second.trace([1.0], [1.0], SGD(0.1))


@pytest.mark.parametrize(
    "made", [copy.copy, copy.deepcopy, lambda t: pickle.loads(pickle.dumps(t)), lambda t: t.replay(values={"z[h1]": 0.38}),
             lambda t: t.mutate("no-output-slope")]
)
def test_what_is_made_of_a_trace_has_its_title(made):
    assert (made(trace()).title, made(trace()).source) == (built_in("mazur").title, built_in("mazur").source)


def test_traces_of_other_titles_are_equal():
    other = trace()
    other.title = other.source = "another"
    assert other == trace()


def test_a_title_of_several_lines_is_refused():
    original = trace()
    with pytest.raises(InputError, match="^title: expected printable text in one line"):
        Trace(original.steps, original.rules, original.structure, original.settings, title="a\nb")


def test_a_gradient_check_has_the_method_itself_after_pickling():
    check = COPIES["gradient check"]()
    assert pickle.loads(pickle.dumps(check)).method is check.method
