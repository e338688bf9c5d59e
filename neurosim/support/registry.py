"""Names become objects here, once, at the boundary: "relu", {"name": "elu", "alpha": 0.5} or an object."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Dict, Generic, Type, TypeVar

from neurosim.support.checks import known
from neurosim.support.errors import InputError, nearest, shorten, shown

if TYPE_CHECKING:
    from neurosim.support.types import Description

Kind = TypeVar("Kind", bound="Named")


class Named:
    """What activations, losses, initializers and optimizers share: a name and parameters.

    `parameters` names the constructor's arguments, best with defaults; the object keeps them as attributes
    of the same names. A class that gives itself no name has its Python name.
    Objects are equal when they are of one class with equal parameters.
    """

    name = ""
    parameters: tuple[str, ...] = ()

    def __init_subclass__(cls, **settings: object) -> None:
        super().__init_subclass__(**settings)
        if "name" not in vars(cls):
            cls.name = cls.__name__

    def __eq__(self, other):
        return type(self) is type(other) and self._values() == other._values()

    def __hash__(self):
        return hash((type(self), self._values()))

    def _values(self):
        return tuple(getattr(self, parameter) for parameter in self.parameters)

    @property
    def label(self) -> str:
        """As a person would write it: "sigmoid", or with parameters that are not the usual ones "elu(alpha=2)"."""
        return shown(self.name + (f"({self._settings()})" if self.changed() else ""), None)

    def changed(self) -> dict[str, Any]:
        """The parameters that are not what they are by default, with their values."""
        values = {parameter: getattr(self, parameter) for parameter in self.parameters}
        try:
            usual = type(self)()
        except TypeError:  # your own class, without defaults
            return values
        return {parameter: value for parameter, value in values.items() if value != getattr(usual, parameter)}

    def _settings(self):
        return ", ".join(f"{parameter}={value!r}" for parameter, value in self.changed().items())

    def __repr__(self):
        return shown(f"{type(self).__name__}({self._settings()})", None)


class Registry(Dict[str, Type[Kind]], Generic[Kind]):
    """The known classes of one kind (activations, losses, ...) by their names.

    `make` turns what a person wrote into an object, and `describe` turns the object back.
    short_names: what else people call them, such as {"mse": "mean_squared_error"}.
    """

    def __init__(
        self, kind: str, base: Type[Kind], classes: tuple[Type[Kind], ...], short_names: dict[str, str] | None = None
    ) -> None:
        super().__init__((cls.name, cls) for cls in classes)
        self.kind, self.base, self.short_names = kind, base, short_names or {}

    def full_name(self, name: str) -> str:
        """The name that a short one, or one with other capitals or signs between its words, stands for; else itself."""
        if name in self:
            return name
        plain = name.lower().replace("-", "_").replace(" ", "_")
        full = self.short_names.get(plain, plain)
        return full if full in self else name

    def make(self, given: str | Description | Type[Kind] | Kind) -> Kind:
        """The object for a name, a description such as {"name": "elu", "alpha": 0.5}, a class or an object."""
        if isinstance(given, self.base):
            return given
        if isinstance(given, str):
            return self[known(self.kind, self.full_name(given), self)]()
        if isinstance(given, dict):
            return self._from_description(given)
        if isinstance(given, type) and issubclass(given, self.base):
            try:
                return given()
            except TypeError as error:  # your own class, without defaults
                kind, why = f"{self.kind} {shown(given.__name__)}", shown(str(error), 200)
                raise InputError(f"{kind}: give an object of the class: {why}") from error
        article = "an" if self.kind[0] in "aeiou" else "a"
        raise InputError(
            f"expected {article} {self.kind}, by name or as an object of a subclass of {self.base.__name__}, "
            f"got {shorten(given)}"
        )

    def describe(self, thing: Kind) -> str | dict[str, Any]:
        """What `make` takes to make an equal object: its name, or its name and parameters."""
        if self.get(thing.name) is not type(thing):
            raise InputError(
                f"{self.kind} {shorten(thing)} is a class of your own; a file can only name the built-in ones"
            )
        changed = {parameter: _plain(value) for parameter, value in thing.changed().items()}
        return {"name": thing.name, **changed} if changed else thing.name

    def _from_description(self, description):
        settings = dict(description)
        name = settings.pop("name", None)
        if not isinstance(name, str):
            raise InputError(f'{self.kind}: expected a "name", got {shorten(description)}')
        cls = self[known(self.kind, self.full_name(name), self)]
        for key in settings:
            if key not in cls.parameters:
                raise InputError(f"{self.kind} {name!r} has no setting {shorten(key)}{nearest(key, cls.parameters)}")
        try:
            return cls(**settings)
        except InputError as error:
            raise InputError(f"{self.kind} {name!r}: {error}") from None


def _plain(value):
    """A parameter as a file holds it; one with a name of its own, such as a schedule, as a description."""
    if isinstance(value, Named):
        return {"name": value.name, **value.changed()}
    return value
