"""Where weights start: the spread of each initializer, and the same weights for a seed everywhere."""

import math
import random
import statistics

import pytest

from neurosim import INITIALIZERS, InputError, Layer, Network

FAN_IN, FAN_OUT, MANY = 12, 20, 20_000
LIMITS = {
    "glorot_uniform": math.sqrt(6 / 32), "he_uniform": math.sqrt(6 / 12), "lecun_uniform": math.sqrt(3 / 12),
}
DEVIATIONS = {
    "glorot_normal": math.sqrt(2 / 32), "he_normal": math.sqrt(2 / 12), "lecun_normal": math.sqrt(1 / 12),
    "normal": 0.05,
}


def drawn(initializer):
    source = random.Random(7)
    return [INITIALIZERS.make(initializer).draw(source, FAN_IN, FAN_OUT) for _ in range(MANY)]


@pytest.mark.parametrize("name, limit", LIMITS.items())
def test_uniform_ones_fill_their_limits(name, limit):
    numbers = drawn(name)
    assert -limit <= min(numbers) < -0.99 * limit and 0.99 * limit < max(numbers) <= limit
    assert statistics.pstdev(numbers) == pytest.approx(limit / math.sqrt(3), rel=0.02)


@pytest.mark.parametrize("name, deviation", DEVIATIONS.items())
def test_normal_ones_have_their_deviation(name, deviation):
    numbers = drawn(name)
    assert statistics.fmean(numbers) == pytest.approx(0, abs=0.03 * deviation)
    assert statistics.pstdev(numbers) == pytest.approx(deviation, rel=0.02)
    beyond_two = sum(abs(number) > 2 * deviation for number in numbers) / MANY
    assert beyond_two == pytest.approx(0.0455, abs=0.006)  # of a normal distribution


def test_bounds_mean_and_constants():
    assert min(drawn({"name": "uniform", "low": 0, "high": 1})) >= 0
    assert max(drawn({"name": "uniform", "low": 0, "high": 1})) < 1
    assert statistics.fmean(drawn({"name": "normal", "mean": 3, "standard_deviation": 1})) == pytest.approx(3, abs=0.05)
    assert set(drawn("zeros")) == {0} and set(drawn("ones")) == {1}
    assert set(drawn({"name": "constant", "value": 0.25})) == {0.25}


def test_all_named_initializers_are_there():
    drawn = "uniform normal glorot_uniform glorot_normal he_uniform he_normal lecun_uniform lecun_normal"
    assert set(INITIALIZERS) == {*drawn.split(), "zeros", "ones", "constant"}


def test_a_seed_gives_the_same_weights_on_every_python_version():
    """random.random() is Matsumoto and Nishikawa's MT19937; Random(1) starts 0.13436424411240122, 0.8474337369372327."""
    first, second = 0.13436424411240122, 0.8474337369372327
    layer = Layer(1, initializer={"name": "uniform", "low": 0, "high": 1})
    assert Network(2, [layer], seed=1)["o1"].weights == [first, second]
    net = Network(2, [Layer(1)], seed=1)
    limit = math.sqrt(6 / 3)
    assert net["o1"].weights == pytest.approx([limit * (2 * first - 1), limit * (2 * second - 1)], rel=1e-15)
    normal = Network(1, [Layer(1, initializer="he_normal")], seed=1)["o1"].weights[0]
    assert normal == pytest.approx(math.sqrt(2) * math.sqrt(-2 * math.log(1 - first)) * math.cos(2 * math.pi * second))


def test_without_a_seed_one_is_drawn_and_kept():
    net = Network(3, [Layer(2)])
    again = Network(3, [Layer(2)], seed=net.seed)
    assert again["o1"].weights == net["o1"].weights
    assert Network(3).seed != Network(3).seed


@pytest.mark.parametrize(
    "description, message",
    [
        ({"name": "uniform", "low": 1, "high": 1}, "low must be below high"),
        ({"name": "normal", "standard_deviation": 0}, "standard_deviation must be positive"),
    ],
)
def test_impossible_spreads_are_refused(description, message):
    with pytest.raises(InputError, match=message):
        INITIALIZERS.make(description)
