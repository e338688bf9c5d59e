"""Numbers as a page prints them: a value agrees if it rounds to the digits that stand there."""

from decimal import Decimal


class Printed:
    """A printed number such as "0.7514", equal to every value within half a unit of its last digit."""

    def __init__(self, text):
        self.text, self.value = text, Decimal(text)
        self.half_a_unit = Decimal(5).scaleb(self.value.as_tuple().exponent - 1)

    def __eq__(self, value):
        return abs(Decimal(value) - self.value) <= self.half_a_unit

    def __repr__(self):
        return f"Printed({self.text!r})"


def printed(*texts):
    """One Printed, or a list of them."""
    return Printed(texts[0]) if len(texts) == 1 else [Printed(text) for text in texts]
