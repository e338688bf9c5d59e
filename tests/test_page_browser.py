"""The page in a real browser, with its own keys and clicks."""

import json
import os
import random
import re
import time

from pathlib import Path

import pytest
from browser import PROGRAM, Browser

import neurosim as ns
from neurosim.exercises.generator import new_exercise
from neurosim.page.html import exercise_page

pytestmark = pytest.mark.skipif(PROGRAM is None, reason="there is no Chromium here to open a page in")
# All that a page says of its state: numbers, formulas, what is marked, verdicts, maps, the drawing, and the state itself.
SCREEN = """(() => {
  document.activeElement.blur();
  const all = selector => [...document.querySelectorAll(selector)];
  const text = selector => all(selector).map(element => element.textContent + (element.value ?? ''));
  return JSON.stringify({
    rows: all('#rowsBody tr:not([hidden])').map(row => row.className + row.textContent),
    now: text('#what, #phase, #symbols, #numbers, #cones'), drawing: text('#drawing text, #drawing title'),
    widths: all('#drawing line').map(line => line.getAttribute('stroke-width')),
    maps: all('canvas').map(map => map.dataset.sum + map.title),
    rest: text('#paths li, #slope .try p, #count, #pass option'), time: $('time').value, hash: sheet.hash,
    revisions: [...new Set(all('[data-revision]').map(view => Number(view.dataset.revision) === sheet.revision))],
  });
})()"""
ATTRIBUTES = "[...document.querySelectorAll('*')].flatMap(element => [...element.attributes])"
FOCUSED = """(() => {
  const element = document.activeElement, box = element.getBoundingClientRect();
  return [element.tagName, element.checkVisibility(), box.width, box.height, element.outerHTML.slice(0, 80)];
})()"""
VIOLATIONS = """axe.run().then(({violations}) => violations.map(
  ({impact, id, nodes}) => [impact, id, nodes.map(({html}) => html.slice(0, 120))]
))"""
OPEN = "document.querySelectorAll('details').forEach(part => { part.open = true; }); 0"


@pytest.fixture(scope="module")
def browser():
    browser = Browser()
    yield browser
    browser.close()


@pytest.fixture
def opened(browser, tmp_path):
    """A function that opens a page in a tab; at the end no tab may have complained."""
    tabs = []

    def open_page(text, hash="", **settings):
        path = tmp_path / f"page{len(tabs)}.html"
        path.write_text(text, encoding="utf-8")
        tabs.append(browser.open(path.as_uri() + hash, **settings))
        return tabs[-1]

    yield open_page
    for tab in tabs:
        assert tab.complaints == []
        tab.send("Page.close")


@pytest.fixture
def mazur(opened):
    return opened(ns.built_in("mazur").trace().page())


def row(tab, address):
    return "#s" + str(tab.run(f"sheet.kernel.index.get({json.dumps(address)})"))


def cells(tab, address):
    """The texts of a row: number, formula, with numbers, value."""
    return tab.run(f"[...document.querySelector('{row(tab, address)}').children].map(cell => cell.textContent)")


def edit(tab, address, text):
    """Type a number in place of another."""
    tab.click(f"{row(tab, address)} .number")
    tab.type(text)
    tab.press("Enter")


def answer(tab, address, text):
    tab.run(f"document.querySelector('{row(tab, address)} .blank').focus()")
    tab.run("document.activeElement.select()")
    tab.type(text)
    tab.press("Enter")


def at(tab):
    return tab.run("sheet.steps[sheet.at].address")


# Walking


def test_keys_walk_by_steps_phases_units_and_to_the_ends(mazur):
    for key, shift, address in (
        ("ArrowRight", False, "a[h1]"), ("ArrowRight", False, "z[h2]"), ("ArrowLeft", False, "a[h1]"), (".", False, "z[h2]"),
        (",", False, "a[h1]"), ("ArrowRight", True, "E[o1]"), ("ArrowLeft", True, "z[h1]"), ("End", False, "w+[x2->h2]"),
        ("Home", False, "w[x1->h1]"),
    ):
        mazur.press(key, shift)
        assert at(mazur) == address, key
    assert mazur.text("#status") == "w[x1->h1], the weight of x1 \u2192 h1, is 0.15. Step 1 of 56, given."


def test_an_address_is_gone_to_and_an_unknown_one_is_said(mazur):
    mazur.press("/")
    mazur.type("delta[h2]")
    mazur.press("Enter")
    assert at(mazur) == "delta[h2]"
    mazur.run("document.querySelector('#address').value = 'q[h9]'; document.querySelector('#goto').requestSubmit()")
    assert at(mazur) == "delta[h2]" and "there is no q[h9] here" in mazur.text("#status")


def test_the_three_views_show_the_same_step(mazur):
    mazur.press("ArrowRight")
    assert mazur.text("#symbols") == "a[h1] = 1 / (1 + exp(-z[h1]))"
    assert mazur.text("#numbers") == "= 1 / (1 + exp(-0.3775)) = 0.59327"
    assert mazur.text("tr[aria-current] th") == "a[h1]"
    assert mazur.text("#drawing .unit.current .name") == "h1"


def test_an_operand_lights_its_row_and_its_edge_and_a_click_pins_it(mazur):
    mazur.run("document.querySelector('#symbols .operand').focus()")
    assert mazur.text("tr.lit th") == "w[x1->h1]" and "x1 \u2192 h1" in mazur.text("#drawing g.lit title")
    mazur.click("#symbols .operand")
    mazur.press("Home")
    assert mazur.text("tr.lit th") == "w[x1->h1]"
    assert mazur.text("#pinned") == "pinned: the weight of x1 \u2192 h1, w[x1->h1] = 0.15"


def test_what_a_number_was_made_from_and_reaches_is_marked(mazur):
    trace = ns.built_in("mazur").trace()
    mazur.run("acts.go(find('delta[h1]'))")
    for kind, expected in (("behind", trace.depends_on("delta[h1]")), ("ahead", trace.affects("delta[h1]"))):
        assert mazur.run(f"[...document.querySelectorAll('tr.{kind} th')].map(cell => cell.textContent)") == expected


def test_paths_are_those_of_the_ledger(mazur):
    trace = ns.built_in("mazur").trace()
    mazur.run(OPEN + "; acts.go(find('w[x1->h1]'))")
    found = mazur.run("[...document.querySelectorAll('#paths li')].map(item => item.textContent)")
    paths = trace.explain("x1->h1").ledger.paths
    products = [float(re.search(r": (\S+),", text)[1]) for text in found]
    assert products == pytest.approx([path.product for path in paths], rel=1e-5)
    sizes = [abs(path.product) for path in paths]
    assert found[0].startswith("x1 \u2192 h1 \u2192 o1: ")
    assert [text.rpartition(", ")[2] for text in found] == [f"{100 * size / sum(sizes):.0f} %" for size in sizes]
    mazur.run("document.querySelector('#paths li button').focus()")
    assert mazur.run("document.querySelectorAll('#drawing line').length") == 8
    assert mazur.run("document.querySelectorAll('#drawing g.path line').length") == 2


def test_passes_are_picked_with_their_losses(opened):
    tab = opened(ns.built_in("negnevitsky-converged").trace().page())
    assert tab.run("document.querySelectorAll('#pass option').length") == 4
    tab.run("$('pass').value = '3'; $('pass').dispatchEvent(new Event('change'))")
    assert at(tab).endswith("@3")
    tab.press("]")
    assert at(tab).endswith("@4")


# Editing


def test_an_edit_is_replayed_and_undone(mazur):
    trace = ns.built_in("mazur").trace()
    edit(mazur, "w[x1->h1]", "0.3")
    expected = trace.replay({"w[x1->h1]": 0.3})
    assert cells(mazur, "z[h1]")[1:] == [
        "w[x1->h1]*a[x1] + w[x2->h1]*a[x2] + b[h1]", "0.3*0.05 + 0.2*0.1 + 0.35", "0.3775 \u2192 0.385",
    ]
    assert cells(mazur, "E")[3].endswith(f"\u2192 {expected['E'].value:.6g}")
    assert "z = " not in mazur.text("#drawing") and f"a = {expected['a[h1]'].value:.4f}" in mazur.text("#drawing")
    mazur.press("u")
    assert cells(mazur, "z[h1]")[3] == "0.3775"


def test_an_override_is_kept_when_givens_change_and_released(mazur):
    edit(mazur, "a[h1]", "0.5")
    edit(mazur, "w[x1->h1]", "0.9")
    assert cells(mazur, "a[h1]")[1] == "put in by you" and cells(mazur, "a[h1]")[3].endswith("0.5 \u00d7")
    mazur.click(f"{row(mazur, 'a[h1]')} .release")
    expected = ns.built_in("mazur").trace().replay({"w[x1->h1]": 0.9})["a[h1]"].value
    assert cells(mazur, "a[h1]")[3].endswith(f"\u2192 {expected:.6g}")
    mazur.press("r")
    assert mazur.run("document.querySelectorAll('tr.changed').length") == 0


def test_up_and_down_change_the_last_digit(mazur):
    mazur.run(f"document.querySelector('{row(mazur, 'w[x1->h1]')} .number').focus()")
    mazur.press("ArrowUp")
    mazur.press("ArrowUp")
    assert cells(mazur, "w[x1->h1]")[3] == "0.15 \u2192 0.17 \u00d7"
    mazur.press("ArrowDown")
    assert cells(mazur, "w[x1->h1]")[3] == "0.15 \u2192 0.16 \u00d7"
    mazur.press("Enter")
    mazur.press("ArrowUp")
    mazur.press("Escape")
    assert cells(mazur, "w[x1->h1]")[3] == "0.15 \u2192 0.17 \u00d7"


@pytest.mark.parametrize("typed, complaint", [
    ("abc", "expected a number such as 0.25, got abc"), ("", "got nothing"), ("1e308", "w[x1->h1]: expected"),
])
def test_what_is_no_number_changes_nothing(mazur, typed, complaint):
    edit(mazur, "z[h2]", "0.4")
    mazur.run("acts.go(find('w[x1->h1]'))")
    before = mazur.run(SCREEN)
    mazur.click(f"{row(mazur, 'w[x1->h1]')} .number")
    mazur.run("document.activeElement.value = ''")
    mazur.type(typed)
    mazur.run("document.activeElement.dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter', bubbles: true}))")
    assert complaint in mazur.text("#status")
    assert mazur.run(SCREEN) == before


def test_every_number_that_looks_editable_changes_the_kernel(mazur):
    count = mazur.run("document.querySelectorAll('button.number').length")
    assert count == 56
    for i in range(count):
        mazur.run(f"commands.reset(); document.querySelectorAll('button.number')[{i}].focus()")
        mazur.press("ArrowUp")
        assert mazur.run(f"sheet.result.changed.has({i})"), i


def test_inputs_and_targets_are_pasted(mazur):
    mazur.run("$('rows').elements.a.value = '1\\t0'; $('rows').elements.t.value = '0,5; 1'; $('rows').requestSubmit()")
    expected = ns.built_in("mazur").trace().replay({"a[x1]": 1, "a[x2]": 0, "t[o1]": 0.5, "t[o2]": 1})
    assert mazur.run("sheet.result.values[find('E')]") == pytest.approx(expected["E"].value, rel=1e-12)
    mazur.run("$('rows').elements.a.value = '1 2 3'; $('rows').requestSubmit()")
    assert "expected 2 numbers for x1, x2, got 3" in mazur.text("#status")


def test_rounding_on_the_way(mazur):
    mazur.run("$('roundTo').value = 3; $('roundBy').value = 'places'; $('roundBy').dispatchEvent(new Event('change'))")
    expected = ns.built_in("mazur").trace().replay(rounding=ns.Places(3))
    assert [mazur.run(f"sheet.result.values[find('{address}')]") for address in ("a[h1]", "delta[h1]", "E")] == [
        expected[address].value for address in ("a[h1]", "delta[h1]", "E")
    ]


def test_the_tangent_and_the_planes(mazur):
    mazur.run(OPEN + "; acts.go(find('w[h1->o1]'))")
    assert "E is 0.298371, the tangent says 0.298371 (slope 0.082167)" in mazur.text("#slope p")
    assert mazur.run("document.querySelectorAll('canvas').length") == 4
    before = mazur.run("document.querySelector('canvas').dataset.sum")
    edit(mazur, "w[x1->h1]", "3")
    assert mazur.run("document.querySelector('canvas').dataset.sum") != before


def test_the_edited_network_downloads_as_a_problem_file(mazur, tmp_path):
    edit(mazur, "w[x1->h1]", "0.3")
    mazur.run("URL.createObjectURL = blob => { window.kept = blob; return 'data:,'; }; 0")
    mazur.run("HTMLAnchorElement.prototype.click = () => {}; 0")
    mazur.click('[data-do="download"]')
    path = tmp_path / "network.json"
    path.write_text(mazur.run("window.kept.text()"), encoding="utf-8")
    assert ns.load(path).trace() == ns.built_in("mazur").trace().replay({"w[x1->h1]": 0.3})


def test_a_step_is_copied_as_text_and_tex(mazur):
    assert mazur.run("sheet.line(find('z[h1]'))") == (
        "z[h1] = w[x1->h1]*a[x1] + w[x2->h1]*a[x2] + b[h1] = 0.15*0.05 + 0.2*0.1 + 0.35 = 0.3775"
    )
    assert mazur.run("sheet.line(find('delta[o2]'), true)") == (
        r"\delta_{o_2} = \frac{\partial E}{\partial a_{o_2}} \cdot f_{o_2}^{\prime} = (-0.217072) \cdot 0.17551 = -0.0380982"
    )


# Practice


def test_a_hidden_number_is_answered(mazur):
    mazur.run("sheet.hide('z', true); sheet.hide('a', true); acts.draw()")
    assert cells(mazur, "a[h1]")[2:] == ["1 / (1 + exp(-?))", ""]
    answer(mazur, "z[h1]", "0.3775")
    assert cells(mazur, "z[h1]")[3] == "right" and cells(mazur, "a[h1]")[2] == "1 / (1 + exp(-0.3775))"
    answer(mazur, "z[h2]", "0.0425")
    assert cells(mazur, "z[h2]")[3].startswith(("a known mistake: net inputs without the bias", "not recognised here"))
    answer(mazur, "a[h2]", "0.5106")
    assert cells(mazur, "a[h2]")[3] == "right from your own numbers"
    answer(mazur, "a[h1]", "0.1234")
    assert cells(mazur, "a[h1]")[3] == "not recognised here; ask neurosim diagnose"


def test_a_known_mistake_is_named_also_after_an_edit(mazur):
    edit(mazur, "w[x1->h1]", "0.65")
    mazur.run("sheet.hide('z', true); acts.draw()")
    answer(mazur, "z[h1]", "0.0525")
    answer(mazur, "z[h2]", "0.0425")
    for address in ("z[h1]", "z[h2]"):
        assert cells(mazur, address)[3] == "a known mistake: net inputs without the bias"


def test_hints_go_from_words_to_the_value(mazur):
    mazur.run("sheet.hide('delta', true); acts.go(find('delta[o1]')); acts.draw()")
    found = []
    for _ in range(4):
        mazur.press("h")
        found.append(mazur.text("#hint"))
    assert found[0].startswith("hint 1 of 4: the loss's derivative by the output")
    assert found[1] == "hint 2 of 4: delta[o1] = dE/da[o1] * f'[o1]"
    assert found[2] == "hint 3 of 4: delta[o1] = 0.741365 * 0.186816" and found[3] == "hint 4 of 4: delta[o1] = 0.138499"


def test_what_is_hidden_for_good_is_nowhere_on_the_page(opened):
    trace = ns.built_in("mazur").trace()
    page = trace.page(hide=["delta", "dE/dw"])
    assert "delta = ?" in page and not re.search(r"delta = -?\d", page)
    tab = opened(page)
    tab.run(OPEN + "; acts.go(find('w[x1->h1]'))")
    shown = tab.run(f"document.body.innerText + {ATTRIBUTES}.map(({{value}}) => value).join(' ')")
    for step in trace:
        if step.address.startswith(("delta", "dE/dw")):
            assert f"{step.value:.6g}" not in shown, step.address
    assert tab.run("[...document.querySelectorAll('#kinds input:disabled')].map(box => box.value)") == ["delta", "dE/dw"]


def test_an_exercise_has_its_task_on_top(opened):
    exercise = new_exercise("one-update", "17")
    tab = opened(exercise_page(exercise))
    assert "for practice, not for marks" in tab.text("header")
    assert tab.run("document.querySelectorAll('button.number').length") == len([s for s in exercise.trace if not s.operands])
    for address in exercise.asked:
        answer(tab, address, f"{exercise.trace[address].value:.{exercise.places}f}")
        assert cells(tab, address)[3] == "right", address


# Its place


def test_a_link_brings_the_moment_back(opened):
    page = ns.built_in("mazur").trace().page()
    first = opened(page)
    edit(first, "w[x1->h1]", "0.3")
    edit(first, "a[h2]", "1/3")
    first.run("sheet.hide('E', true); acts.go(find('delta[h1]'))")
    second = opened(page, "#" + first.run("sheet.hash"))
    assert json.loads(second.run(SCREEN)) | {"revisions": 0} == json.loads(first.run(SCREEN)) | {"revisions": 0}


@pytest.mark.parametrize("hash", [
    "#s=nowhere&e=q[h1]+2&x=1&h=nothing&r=sixths+2", "#e=w[x1->h1]+abc", "#%E0%A4%A", "#e=z[h1]", "#e=",
])
def test_a_broken_link_opens_the_page_as_it_is(opened, hash):
    tab = opened(ns.built_in("mazur").trace().page(), hash)
    assert at(tab) == "z[h1]" and tab.run("sheet.edits.size") == 0


def test_inside_a_frame_the_state_stays_in_memory(opened, tmp_path):
    (tmp_path / "inner.html").write_text(ns.built_in("mazur").trace().page(), encoding="utf-8")
    tab = opened("<title>a course's page</title><iframe src='inner.html' width='900' height='600'></iframe>")
    (frame,) = tab.send("Page.getFrameTree")["frameTree"]["childFrames"]
    world = tab.send("Page.createIsolatedWorld", frameId=frame["frame"]["id"])["executionContextId"]

    def inside(script):
        return tab.send("Runtime.evaluate", expression=script, contextId=world, returnByValue=True)["result"].get("value")

    inside("document.querySelector('[data-do=forward]').click()")
    time.sleep(0.3)
    assert inside("document.querySelector('#what').textContent").startswith("a[h1]")
    assert inside("location.hash") == tab.run("location.hash") == ""


@pytest.mark.parametrize("name", ["mazur", "goodfellow-xor", "cs231n-softmax"])
def test_whatever_is_done_the_screen_is_that_of_a_fresh_page(opened, name, pytestconfig):
    """Random edits, overrides, releases, undos, passes, hidden kinds: a new page with the same state shows the same."""
    trace, draw = ns.built_in(name).trace(), random.Random(name)
    page = trace.page()
    tab = opened(page)
    tab.run(OPEN)
    for count in range(70 if pytestconfig.getoption("--long") else 12):
        for _ in range(draw.randint(1, 5)):
            step, number = draw.randrange(len(trace)), round(draw.uniform(-2, 2), draw.randint(0, 3))
            hide = f"sheet.hide(sheet.quantities[{step} % sheet.quantities.length], {json.dumps(step % 2 > 0)})"
            tab.run(draw.choice([
                *[f"acts.edit({step}, '{number}')"] * 2, f"acts.go({step})", "commands.undo()", f"{hide}; acts.draw()",
                "sheet.edits.size && acts.release([...sheet.edits.keys()][0])", "commands.passForward()",
                "commands.forward()", "commands.phaseBack()", "attempt(() => sheet.round(null))",
                "attempt(() => sheet.round({name: 'places', count: 3, half: 'up'}))",
            ]) + "; 0")
        state = json.loads(tab.run(SCREEN))
        assert state["revisions"] == [True]
        fresh = opened(page, "#" + state["hash"])
        fresh.run(OPEN + "; draw()")
        assert json.loads(fresh.run(SCREEN)) == state


def test_nothing_hidden_can_be_reached_by_tab(mazur):
    mazur.run("sheet.hide('z', true); acts.draw(); document.activeElement.blur()")
    seen = []
    for _ in range(150):
        mazur.press("Tab")
        state = mazur.run(FOCUSED)
        if state[0] == "BODY":
            break
        assert state[1] and state[2] > 0 and state[3] > 0, state
        seen.append(state[4])
    assert len(set(seen)) > 60


@pytest.mark.parametrize("name", [
    "</script><script>alert(1)</script>", "<img/src=x\u3000onerror=alert(1)>", "\"'&<b>", "{title}", "__proto__",
    "constructor",
])
def test_names_from_a_file_inject_nothing(opened, name):
    name = name.replace("=", "\u2260").replace("\u3000", "")
    net = ns.Network([name, "b"], [ns.Layer(2, names=["h'<i>", "h\"2"]), ns.Layer(1)], seed=1)
    trace = net.trace([1, 0.5], [0.5], ns.SGD(0.1))
    trace.title = "</title><script>alert(2)</script>" + name
    tab = opened(trace.page())
    tab.run("window.alert = () => { throw new Error('injected'); }; acts.go(find(sheet.steps[0].address))")
    assert tab.run("document.scripts.length") == 2
    assert tab.run("document.querySelectorAll('img, i, b:not(#now b)').length") == 0
    assert tab.run(f"{ATTRIBUTES}.every(({{name}}) => name !== 'style' && !name.startsWith('on'))")


@pytest.mark.parametrize("width", [320, 390, 768, 1280, 1920])
def test_no_page_is_wider_than_the_window(opened, width):
    tab = opened(ns.built_in("han-kamber").trace().page(), width=width)
    assert tab.run("document.documentElement.scrollWidth <= innerWidth")


AXE = os.environ.get("AXE_CORE", "")  # the path of axe.min.js, from the npm package axe-core


@pytest.mark.skipif(not AXE, reason="AXE_CORE does not say where axe.min.js is")
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("name", ["mazur", "goodfellow-xor"])
def test_axe_finds_nothing_serious(opened, name, dark):
    tab = opened(ns.built_in(name).trace().page(), dark=dark)
    tab.run(OPEN + "; acts.edit(0, '0.3'); acts.go(find('w[x1->h1]')); sheet.hide('delta', true); tour(1); draw()")
    tab.run(Path(AXE).read_text(encoding="utf-8") + "; 0")
    found = tab.run(VIOLATIONS)
    assert [one for one in found if one[0] in ("serious", "critical")] == [], found
    tab.browser.events.clear()  # axe itself asks for what it cannot have


def test_without_a_script_the_table_and_the_drawing_are_there():
    page = ns.built_in("mazur").trace().page()
    table = page[page.index("<tbody") : page.index("</tbody>")]
    assert table.count("<tr><th>") == 56 and "<td>0.15*0.05 + 0.2*0.1 + 0.35</td><td>0.3775</td>" in table
    drawing = page[page.index("<svg") : page.index("</svg>")]
    assert drawing.count('class="unit"') == 6 and drawing.count("<line ") == 8 and "a = 0.5933" in drawing


def test_a_long_trace_makes_its_rows_as_it_goes(opened):
    net = ns.Network(20, [ns.Layer(20, "tanh"), ns.Layer(10)], seed=1)
    trace = net.trace([[0.1] * 20] * 2, [[0.2] * 10] * 2, ns.SGD(0.1))
    tab = opened(trace.page())
    assert len(trace) > 2000 and tab.run("document.querySelectorAll('#rowsBody tr[data-i]').length") == 400
    tab.press("End")
    assert at(tab) == trace.steps[-1].address and tab.text("tr[aria-current] th") == trace.steps[-1].address


def test_fractions_are_shown_and_not_edited(opened):
    from fractions import Fraction

    tab = opened(ns.built_in("goodfellow-xor").trace().replay(number=Fraction).page())
    assert "looked at and not changed" in tab.text("header")
    assert tab.run("document.querySelectorAll('button.number').length") == 0
    tab.press("ArrowRight")
    tab.press("u")
    assert "Fractions" in tab.text("#status")


def test_a_page_of_swapped_numbers_and_of_given_errors_opens(opened):
    """Neither has a table of mistakes for everything: numbers stand in place of steps, and there are no targets."""
    swapped = opened(ns.built_in("mazur").trace().replay({"z[h1]": 0.5}).page())
    assert swapped.run("sheet.judge.mistakes.length") == 0 and cells(swapped, "z[h1]")[1] == "given"
    net = ns.Network(2, [ns.Layer(2), ns.Layer(2)], seed=1)
    opened(net.trace([1, 0], output_gradients=[1, 0]).page())


def test_all_rows_are_printed(opened, tmp_path):
    net = ns.Network(20, [ns.Layer(20, "tanh"), ns.Layer(10)], seed=1)
    tab = opened(net.trace([[0.1] * 20] * 2, [[0.2] * 10] * 2, ns.SGD(0.1)).page())
    tab.run("window.dispatchEvent(new Event('beforeprint'))")
    assert tab.run("document.querySelectorAll('#rowsBody tr[data-i]').length === sheet.steps.length")
    tab.run("window.dispatchEvent(new Event('afterprint'))")
    assert tab.run("document.querySelectorAll('#rowsBody tr[data-i]').length") == 400


def test_units_whose_slope_is_0_are_marked(opened):
    net = ns.Network(2, [ns.Layer(2, "relu", weights=[[1, 1], [-1, -1]], biases=[0, 0]), ns.Layer(1)], seed=1)
    tab = opened(net.trace([1, 0.5], [0.5], ns.SGD(0.1)).page())
    assert tab.run("[...document.querySelectorAll('.unit.off .name')].map(name => name.textContent)") == ["h2"]


@pytest.mark.parametrize("name", ["mazur", "han-kamber"])
def test_a_page_of_a_textbooks_network_is_small(name):
    assert len(ns.built_in(name).trace().page().encode()) < 100_000


def test_a_page_says_what_it_has_no_room_for():
    net = ns.Network(200, [ns.Layer(60, "tanh"), ns.Layer(10)], seed=1)
    page = net.trace([0.1] * 200, [0.1] * 10, ns.SGD(0.1)).page()
    assert f"left out: update, {201 * 60 + 61 * 10} numbers" in page and len(page) < 3_000_000


# What an attack found


@pytest.mark.parametrize("kind", ["missing-weight", "missing-rate", "weights-for-or"])
def test_an_exercise_that_asks_for_a_given_has_no_page(kind):
    with pytest.raises(ns.InputError, match="has no page, on which what is given is seen"):
        exercise_page(new_exercise(kind, "1"))


@pytest.mark.parametrize("kind", ["zero-gradients", "perceptron", "one-update"])
def test_numbers_of_an_exercise_may_be_typed_without_their_last_zeros(opened, kind):
    exercise = new_exercise(kind, "1")
    tab = opened(exercise_page(exercise))
    for address in exercise.asked:
        text = f"{round(exercise.trace[address].value, exercise.places):g}"
        tab.run(f"acts.answer(find({json.dumps(address)}), {json.dumps(text)})")
        assert tab.run(f"sheet.verdicts.get(find({json.dumps(address)})).word") == "right", (address, text)
    assert tab.text("#progress") == f"{len(exercise.asked)} of {len(exercise.asked)} right so far"


def test_an_override_of_a_hidden_number_does_not_tell_what_was_there(opened):
    tab = opened(ns.built_in("mazur").trace().page(hide="delta"), "#e=delta%5Bo1%5D+0.5")
    assert cells(tab, "delta[o1]")[3] == "0.5 \u00d7" and "0.138499" not in tab.run("document.body.innerText")


def test_the_network_of_a_swapped_trace_downloads(opened, tmp_path):
    tab = opened(ns.built_in("mazur").trace().replay({"z[h1]": 0.5}).page())
    tab.run("URL.createObjectURL = blob => { window.kept = blob; return 'data:,'; }; 0")
    tab.run("HTMLAnchorElement.prototype.click = () => {}; 0")
    tab.click('[data-do="download"]')
    path = tmp_path / "network.json"
    path.write_text(tab.run("window.kept.text()"), encoding="utf-8")
    assert ns.load(path).trace() == ns.built_in("mazur").trace()


def test_a_trace_with_another_largest_z_opens(opened):
    net = ns.Network(1, [ns.Layer(2, "softmax", weights=[[50], [1]])], loss="categorical_crossentropy", seed=1)
    trace = net.trace([1], [1, 0], ns.SGD(0.1)).replay({"largest z[o]": 49.0})
    tab = opened(trace.page())
    assert cells(tab, "largest z[o]")[3] == "49"
    edit(tab, "z[o2]", "2")
    assert tab.run("sheet.result.values[find('a[o2]')]") == pytest.approx(trace.replay({"z[o2]": 2.0})["a[o2]"].value)


def test_a_link_in_the_same_tab_gives_its_own_state(mazur):
    edit(mazur, "w[x1->h1]", "25 %")
    assert mazur.run("sheet.hash") == "s=w%5Bx1-%3Eh1%5D&e=w%5Bx1-%3Eh1%5D+25%25"
    mazur.run("sheet.hide('z', true); location.hash = '#s=E&h=a&e=z%5Bh1%5D+abc&e=z%5Bh2%5D+0.4'")
    time.sleep(0.3)
    assert at(mazur) == "E" and mazur.run("[[...sheet.hidden], [...sheet.edits.values()]]") == [["a"], ["0.4"]]
