"""The CSV files that come with the examples."""

from pathlib import Path

DATA = Path(__file__).parent.parent / "examples" / "data"
IRIS = str(DATA / "iris.csv")
