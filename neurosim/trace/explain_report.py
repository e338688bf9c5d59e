"""An explanation as text: its terms, the derivation in three columns, and the ledger of paths."""

from __future__ import annotations

from neurosim.support import checks
from neurosim.support.number_text import factor_text, number_text, product_text
from neurosim.support.numeric import as_kind, magnitude
from neurosim.support.page import page_width
from neurosim.support.tables import json_text, paragraph, table
from neurosim.trace.lines import in_numbers, in_symbols, lines_of

DERIVATION_HEADERS = ("address", "formula", "with numbers", "value")
LEDGER_HEADERS = ("product", "factors", "with numbers", "smallest factor")
TERM_HEADERS = ("term", "with numbers", "value", "share", "sign from")
VANISHED = 1e-6  # a path so much smaller than the largest one, and the factor that made it so is named


def explanation_text(explanation, format="simple", decimals=None, terms=8, width=None, most=None):
    """The text of an explanation, as `Explanation.text` says."""
    checks.terms(terms)
    width = page_width(width)
    decimals = "all" if format == "json" and decimals is None else decimals
    derivation = [
        (line.step.address, in_symbols(line, terms), in_numbers(line, terms, decimals), line.step.value)
        for line in lines_of(explanation.trace, explanation.steps)
        if line.step.operands
    ]
    paths = _path_rows(explanation.ledger, decimals) if explanation.ledger else []
    if format == "json":
        return _json(explanation, derivation, paths)
    parts = [paragraph(_headline(explanation, decimals), format, width)]
    signs = [paragraph(_sign_text(found), format, width) for found in explanation.terms if len(found.terms) == 1]
    parts += ["\n".join(signs)] if signs else []
    for found in explanation.terms:
        parts += _sum_texts(found, terms, format, decimals, width) if len(found.terms) > 1 else ()
    if derivation:
        chain = DERIVATION_HEADERS[1:3]
        parts.append(table(derivation, DERIVATION_HEADERS, format, decimals, width=width, chain=chain, most=most))
    if explanation.ledger:
        parts.append(paragraph(_introduction(explanation), format, width))
        chain = LEDGER_HEADERS[1:3]
        parts.append(
            table(paths, LEDGER_HEADERS, format, decimals, width=width, chain=chain, products=["product"], most=most)
        )
        parts.append(_sums(explanation.ledger, format, decimals, width))
    return "\n\n".join(parts)


def _headline(explanation, decimals):
    known = [step for step in (explanation.step, explanation.gradient, explanation.update) if step]
    text = ", ".join(f"{step.address} = {product_text(step.value, decimals)}" for step in known)
    return text if explanation.gradient or explanation.step.operands else f"{text}, given"


def _sign_text(product):
    """What gives a product its sign."""
    (term,) = product.terms
    sign = "0" if term.value == 0 else "negative" if term.value < 0 else "positive"
    why = f"because {term.sign.replace(', ', ' and ')}" if term.sign else "as no factor is negative"
    return f"{product.address} = {term.symbols} is {sign} {why}."


def _sum_texts(sum_of, most, format, decimals, width):
    """The terms of a sum, of many the largest, and how much of it they are."""
    count, shown = len(sum_of.terms), sum_of.terms[:most]
    largest = "" if len(shown) == count else f"; the {len(shown)} largest"
    introduction = f"{sum_of.address} is the sum of {count} terms{largest} (a share is of the sum of all their sizes):"
    rows = [(term.symbols, term.numbers(decimals), term.value, _percent([term]), term.sign) for term in shown]
    yield paragraph(introduction, format, width)
    yield table(rows, TERM_HEADERS, format, decimals, width=width, chain=TERM_HEADERS[:2], products=["value"])
    if largest:
        parts = ((f"the {len(shown)} above", shown), (f"the other {count - len(shown)}", sum_of.terms[len(shown) :]))
        rows = [(name, sum(term.value for term in terms), _percent(terms)) for name, terms in parts]
        rows.append((sum_of.address, sum_of.value, ""))
        yield table(rows, ("", "value", "share"), format, decimals, width=width, products=["value"])


def _percent(terms):
    return f"{number_text(100 * sum(term.share for term in terms), decimals=1)} %"


def _introduction(explanation):
    ledger, name = explanation.ledger, explanation.step.address
    if ledger.count == 1:
        return f"one path leads from {name} to the loss:"
    shown = "" if ledger.count == len(ledger.paths) else f"; the {len(ledger.paths)} largest"
    return f"{ledger.count} paths lead from {name} to the loss{shown}:"


def _path_rows(ledger, decimals):
    largest = magnitude(ledger.paths[0].product)
    rows = []
    for path in ledger.paths:
        smallest = path.smallest
        vanishes = path.product == 0 or magnitude(path.product) < largest * as_kind(VANISHED, largest)
        rows.append((
            path.product,
            " * ".join(factor.quantity for factor in path.factors),
            " * ".join(factor_text(factor.value, decimals) for factor in path.factors),
            f"{'vanishes: ' if vanishes else ''}{smallest.quantity} = {product_text(smallest.value, decimals)}",
        ))
    return rows


def _sums(ledger, format, decimals, width):
    """What the paths add up to, and that it is the gradient."""
    rows = []
    if ledger.count > len(ledger.paths):
        rows.append((f"the {len(ledger.paths)} paths above", ledger.total - ledger.rest))
        rows.append((f"the other {ledger.count - len(ledger.paths)}", ledger.rest))
    rows.append((f"sum over {'the path' if ledger.count == 1 else f'all {ledger.count} paths'}", ledger.total))
    rows.append((f"{ledger.gradient.address} by backpropagation", ledger.gradient.value))
    return table(rows, ("", "value"), format, decimals, width=width, products=["value"])


def _json(explanation, derivation, paths):
    step, ledger = explanation.step, explanation.ledger
    document = {"address": step.address, "value": step.value}
    for name, other in (("gradient", explanation.gradient), ("update", explanation.update)):
        if other is not None:
            document[name] = {"address": other.address, "value": other.value}
    document["terms"] = [
        {"address": sum_of.address, "value": sum_of.value, "terms": [
            {"term": term.symbols, "with numbers": term.numbers("all"), "value": term.value, "share": term.share,
             "sign": term.sign} for term in sum_of.terms
        ]}
        for sum_of in explanation.terms
    ]
    document["derivation"] = [dict(zip(DERIVATION_HEADERS, row)) for row in derivation]
    if ledger is not None:
        document["paths"] = {"count": ledger.count, "total": ledger.total, "rest": ledger.rest}
        document["paths"]["largest"] = [dict(zip(LEDGER_HEADERS, row)) for row in paths]
    return json_text(document)
