"""Twenty data files as they are in the world, made here from seeded formulas, each in the manner of one that people have.

Every file comes with what is typed to learn from it, and with the commands that are refused before, each with what its
message must say.
"""

from random import Random
from typing import NamedTuple


class DataFile(NamedTuple):
    """name: of the file; content: its bytes; options: what is typed behind it; refused: pairs of options and a message."""

    name: str
    content: bytes
    options: str = ""
    refused: tuple = ()


def _file(name, lines, options="", refused=(), encoding="utf-8", end="\n"):
    return DataFile(name, "".join(line + end for line in lines).encode(encoding), options, tuple(refused))


def wine():
    """No header, the class in front (UCI wine)."""
    draw, lines = Random(1), []
    for number in range(150):
        kind = number % 3
        lines.append(f"{kind + 1},{draw.gauss(12 + kind, 0.5):.2f},{draw.gauss(2 + kind % 2, 0.4):.2f},"
                     f"{draw.randint(300, 500) + 400 * kind}")
    return _file("wine.data", lines, "--target 1")


def auto_mpg():
    """Runs of spaces, a question mark, and names in quotes (UCI auto-mpg)."""
    draw, lines = Random(2), []
    for number in range(160):
        weight = draw.uniform(1600, 5000)
        power = "?" if number in (32, 126, 140) else f"{weight / 30 + draw.gauss(0, 8):.1f}"
        mpg = 46 - weight / 140 + draw.gauss(0, 2)
        name = f"{draw.choice(('ford', 'amc', 'vw'))} {draw.randint(1, 40)}"
        lines.append(f'{mpg:.1f}   {draw.choice((4, 6, 8))}   {power:10}  {weight:.0f}.   "{name}"')
    return _file("auto-mpg.data", lines, "--target 1 --ignore 5 --missing drop", [
        ("--target 1", "column '5' holds 8"),
        ("--target 1 --ignore 5", "3 cells are missing: line 33 in column '3', line 127 in column '3', "
                                  "line 141 in column '3'; leave the 3 lines out with --missing drop"),
    ])


def adult():
    """Spaces behind the commas, texts, question marks, and no header (UCI adult)."""
    draw, lines = Random(3), []
    for number in range(200):
        age, hours = draw.randint(17, 80), draw.randint(15, 70)
        work = "?" if number % 50 == 7 else draw.choice(("Private", "Local-gov", "Self-emp-inc"))
        sex = draw.choice(("Male", "Female"))
        rich = age + hours + 15 * (work == "Self-emp-inc") + draw.gauss(0, 6) > 95
        lines.append(f"{age}, {work}, {sex}, {hours}, {'>50K' if rich else '<=50K'}")
    return _file("adult.data", lines, "--missing drop", [
        ("", "4 cells are missing: line 8 in column '2', line 58 in column '2', line 108 in column '2', ..."),
    ])


def breast_cancer():
    """A header with an id, question marks, and classes called 2 and 4 (UCI breast cancer Wisconsin)."""
    draw, lines = Random(4), ["id,clump,size,nuclei,class"]
    for number in range(150):
        bad = draw.random() < 0.35
        clump, size, nuclei = (min(10, max(1, round(draw.gauss(7 if bad else 2, 2)))) for _ in range(3))
        lines.append(f"{1000025 + 17 * number},{clump},{size},{'?' if number in (23, 40) else nuclei},{4 if bad else 2}")
    return _file("breast-cancer.csv", lines, "--missing drop", [("", "2 cells are missing: line 25 in column 'nuclei'")])


def seeds():
    """Tabs, some of them doubled, and no header (UCI seeds)."""
    draw, lines = Random(5), []
    for number in range(150):
        kind = number // 50
        cells = [f"{draw.gauss((14.3, 18.3, 11.9)[kind], 0.8):.2f}", f"{draw.gauss((5.5, 6.2, 5.2)[kind], 0.1):.3f}"]
        lines.append("\t".join(cells) + ("\t\t" if number % 20 == 3 else "\t") + str(kind + 1))
    return _file("seeds_dataset.txt", lines)


def houses():
    """Prices in the hundred thousands; `house_prices` makes them."""
    return _file("houses.csv", ["area,rooms,age,price", *(",".join(map(str, row)) for row in house_prices())])


def house_prices(seed=7, rows=300):
    """Rows (area, rooms, age, price): 100,000 to 900,000, by a line with a noise of 30,000."""
    draw, made = Random(seed), []
    while len(made) < rows:
        area, age = round(draw.uniform(40, 240), 1), draw.randint(0, 80)
        rooms = max(1, round(area / 30 + draw.gauss(0, 1)))
        price = round(150_000 + 2500 * area + 12_000 * rooms - 1500 * age + draw.gauss(0, 30_000))
        if 100_000 <= price <= 900_000:
            made.append((area, rooms, age, price))
    return made


def pandas_index():
    """A first column without a name, as pandas' to_csv writes it, and True and False."""
    draw, lines = Random(8), [",speed,heavy,distance"]
    for number in range(100):
        speed, heavy = draw.uniform(20, 130), draw.random() < 0.5
        lines.append(f"{number},{speed:.3f},{heavy},{speed * 0.6 + 30 * heavy + draw.gauss(0, 3):.3f}")
    return _file("with_index.csv", lines)


def german():
    """Semicolons, decimal commas, dots between thousands, and an unused column at the end of each line."""
    draw, lines = Random(9), ["Fläche;Lage;Miete;"]
    for _ in range(100):
        area, town = draw.uniform(20, 150), draw.choice(("Stadt", "Land"))
        rent = f"{12 * area + 200 * (town == 'Stadt') + draw.gauss(0, 40):,.2f}"
        lines.append(f"{area:.1f};{town};{rent};".replace(",", "#").replace(".", ",").replace("#", "."))
    return _file("mieten.csv", lines, "--thousands .", [
        ("", "column 'Miete': expected a number, got '1."), ("", "; if that separates thousands, say --thousands ."),
    ], encoding="utf-8-sig", end="\r\n")


def latin():
    """Latin-1, as older programs write it."""
    draw, lines = Random(10), ["größe,farbe,gewicht"]
    for _ in range(80):
        size, colour = draw.uniform(1, 9), draw.choice(("grün", "weiß", "rot"))
        lines.append(f"{size:.2f},{colour},{2 * size + (colour == 'rot') + draw.gauss(0, 0.2):.2f}")
    return _file("aepfel.txt", lines, "--encoding latin-1", [
        ("", "not text in UTF-8, at byte 2 in line 1: 0xf6; if it is Latin-1, say --encoding latin-1"),
    ], encoding="latin-1")


def thousands():
    """Commas between thousands, so in quotes."""
    draw, lines = Random(11), ['"sqft","price"']
    for _ in range(80):
        area = draw.randint(1000, 4000)
        lines.append(f'"{area:,}","{round(100 * area + draw.gauss(0, 9000)):,}"')
    return _file("sales.csv", lines, "--thousands ,", [
        ("", "line 2, column 'sqft': expected a number, got '2,852'; if that separates thousands, say --thousands ,"),
    ])


def trailing_commas():
    """A comma at the end of each line but the header's, and blank lines."""
    draw, lines = Random(12), ["x,y,z"]
    for _ in range(60):
        x, y = draw.uniform(-1, 1), draw.uniform(-1, 1)
        lines += [f"{x:.4f},{y:.4f},{3 * x - y + draw.gauss(0, 0.05):.4f},", ""]
    return _file("export.csv", lines)


def booleans():
    """yes and no, t and f, and a target that is true or false."""
    draw, lines = Random(13), ["smoker,sport,age,ill"]
    for _ in range(150):
        smoker, sport, age = draw.random() < 0.4, draw.random() < 0.5, draw.randint(20, 90)
        ill = 2 * smoker - sport + age / 20 + draw.gauss(0, 0.4) > 3
        lines.append(f"{'yes' if smoker else 'no'},{'t' if sport else 'f'},{age},{str(ill).lower()}")
    return _file("health.csv", lines)


def passengers():
    """Names in quotes, a mostly empty column, missing ages (Titanic)."""
    draw, lines = Random(14), ["PassengerId,Survived,Pclass,Name,Sex,Age,Cabin,Embarked"]
    for number in range(180):
        sex, place = draw.choice(("male", "female")), draw.choice((1, 2, 3))
        survived = int((sex == "female") * 2 - place * 0.5 + draw.gauss(0, 0.5) > 0)
        age = "" if number % 30 == 5 else draw.randint(1, 70)
        cabin = f"C{number}" if number % 9 == 0 else ""
        lines.append(f'{number + 1},{survived},{place},"Doe, Mr. {number}",{sex},{age},{cabin},{draw.choice("SCQ")}')
    return _file("passengers.csv", lines, "--target Survived --ignore Cabin --missing drop", [
        ("--target Survived", "leave out what is mostly missing with --ignore Cabin, and other lines with --missing drop"),
    ])


def dated():
    """Dates and a remark, which are neither numbers nor categories."""
    draw, lines = Random(15), ["day,remark,temperature,sold"]
    for number in range(90):
        temperature = draw.uniform(5, 35)
        remark = f"note {draw.randint(1, 60)}"
        lines.append(f"2024-{1 + number // 28:02}-{1 + number % 28:02},{remark},{temperature:.1f},"
                     f"{8 * temperature + draw.gauss(0, 9):.2f}")
    return _file("ice_cream.csv", lines, "--ignore day,remark", [
        ("", "column 'day' holds dates, such as '2024-01-01'; column 'remark' holds "),
        ("", "leave out what is no number with --ignore day,remark"),
    ])


def wine_quality():
    """Semicolons, decimal points, and a header in quotes with spaces (UCI wine quality)."""
    draw, lines = Random(16), ['"fixed acidity";"volatile acidity";"alcohol";"quality"']
    for _ in range(200):
        fixed, volatile, alcohol = draw.uniform(4, 12), draw.uniform(0.1, 1), draw.uniform(8, 14)
        quality = min(8, max(3, round(alcohol - 2 * volatile - 4 + draw.gauss(0, 0.4))))
        lines.append(f"{fixed:.1f};{volatile:.2f};{alcohol:.1f};{quality}")
    return _file("winequality-red.csv", lines)


def pipes():
    """Bars between the cells, and a missing one in the column of the classes."""
    draw, lines = Random(17), ["width|length|kind"]
    for number in range(90):
        kind = "ABC"[number % 3]
        label = "N/A" if number == 60 else kind
        lines.append(f"{draw.gauss('ABC'.index(kind), 0.3):.2f}|{draw.gauss(5, 1):.2f}|{label}")
    return _file("parts.psv", lines, "--missing drop", [
        ("", "1 cell is missing: line 62 in column 'kind'; leave its line out with --missing drop"),
    ])


def excel():
    """What a spreadsheet saves as Unicode text: UTF-16 with tabs."""
    draw, lines = Random(18), ["Dose\tWirkung"]
    for _ in range(60):
        dose = draw.uniform(0, 10)
        lines.append(f"{dose:.2f}\t{5 + 3 * dose + draw.gauss(0, 1):.2f}".replace(".", ","))
    return _file("dosis.txt", lines, "--encoding utf-16", [
        ("", "it seems to be UTF-16: say --encoding utf-16"),
    ], encoding="utf-16", end="\r\n")


def from_r():
    """R's write.table: texts in quotes, and names of rows for which the header has none."""
    draw, lines = Random(19), ['"weight" "group" "growth"']
    for number in range(75):
        weight, group = draw.uniform(40, 90), draw.choice(("ctrl", "trt1", "trt2"))
        growth = weight / 10 + {"ctrl": 0, "trt1": 2, "trt2": -1}[group] + draw.gauss(0, 0.3)
        lines.append(f'"{number + 1}" {weight:.2f} "{group}" {growth:.3f}')
    return _file("plants.txt", lines)


def glass():
    """A counter in front, no header, and a column that never changes (UCI glass)."""
    draw, lines = Random(20), []
    for number in range(120):
        kind = (1, 2, 7)[number % 3]
        index, sodium = 1.5 + kind / 100 + draw.gauss(0, 0.004), draw.gauss(13 + kind / 4, 0.4)
        lines.append(f"{number + 1},{index:.5f},{sodium:.2f},0.00,{kind}")
    return _file("glass.data", lines)


def mushrooms():
    """Letters only, no header, and the class in front (UCI mushrooms)."""
    draw, lines = Random(21), []
    for _ in range(150):
        odour, cap, root = draw.choice("anfps"), draw.choice("xbf"), draw.choice("bce")
        bad = odour in "fps" and root != "e"
        lines.append(f"{'p' if bad else 'e'},{cap},{odour},{root}")
    return _file("agaricus-lepiota.data", lines, "--target 1")


FILES = [make() for make in (
    wine, auto_mpg, adult, breast_cancer, seeds, houses, pandas_index, german, latin, thousands, trailing_commas, booleans,
    passengers, dated, wine_quality, pipes, excel, from_r, glass, mushrooms,
)]
