"""The page's own scripts, run in node without a document."""

import json
import shutil
import subprocess

from neurosim.page.data import shipped
from neurosim.page.script import KERNEL, script

NODE = shutil.which("node")
BEGIN = 'const given = JSON.parse(require("fs").readFileSync(0, "utf8"));\n'
END = """
const done = given.tasks.map(task => {
  try {
    return work(task);
  } catch (error) {
    if (error instanceof Refusal) return error.message;
    throw error;
  }
});
console.log(JSON.stringify(done));
"""
REPLAY = """
const kernel = new Kernel(given.document, RULES);
const work = ({edits, rounding}) => kernel.replay(new Map(edits), rounding).values;
"""


def in_node(work, tasks, rules=(), document=None, names=KERNEL):
    """What a function `work` of a task, in JavaScript, gives for each task; of one that is refused, why."""
    source = script(names, rules) + BEGIN + work + END
    found = subprocess.run(
        [NODE, "-e", source], input=json.dumps({"tasks": tasks, "document": document}), capture_output=True,
        text=True, timeout=300,
    )
    assert found.returncode == 0, found.stderr[-2000:]
    return json.loads(found.stdout)


def replays(trace, tasks):
    """The values of each task, ({address: number}, rounding), by address; a text of one that is refused."""
    ship = shipped(trace)
    index = {step.address: number for number, step in enumerate(ship.steps)}
    documents = [
        {
            "edits": [[index[address], value] for address, value in edits.items()],
            "rounding": rounding and {"name": rounding.name, "count": rounding.count, "half": rounding.half},
        }
        for edits, rounding in tasks
    ]
    for values in in_node(REPLAY, documents, ship.rules, ship.document):
        yield values if isinstance(values, str) else dict(zip(index, values))
