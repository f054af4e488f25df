"""Plant mistakes into what decides, one at a time, and tell which of them the fast tests do not notice.

    make mutants                                    all modules; goes on where the last run stopped
    make mutants ONLY=swimctl/steps/reload.py       one module, or a folder of them, or several with a space between
    make mutants SAMPLE=40                          40 of each module, and what follows from them for all

mutmut plants and runs (pyproject.toml, [tool.mutmut], has the modules and the tests); what it plants is changed a
little in planting.py. A mistake that nobody notices must stand in unnoticed.yaml beside this file, with the reason why
that is well; one that stands there and is noticed must go from there. A kind of them, in any module, may stand there as
a regular expression of its words; none of these counts as noticed. What was noticed once is not tried again until its
function changes, what was not is tried in each run: `rm -r mutants` begins anew.

Which mistakes are a sample is chosen by a digest of their names, so it is the same in each run, and a greater one holds
the smaller. Who wrote tests for what one sample showed measures with another: SEED=2.
"""

from __future__ import annotations

import argparse
import gc
import hashlib
import json
import math
import os
import re
import resource
import shutil
import signal
import sys
import traceback
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import mutmut.__main__ as mutmut
import pytest
from mutmut.configuration import config
from mutmut.mutation.data import SourceFileMutationData
from mutmut.mutation.diff_apply import get_diff_for_mutant
from mutmut.mutation.trampoline import set_mutant_under_test
from mutmut.state import state
from mutmut.stats import load_stats, status_by_exit_code
from mutmut.utils.file_utils import (
    change_cwd,
    copy_also_copy_files,
    copy_src_dir,
    setup_source_paths,
    walk_mutatable_files,
)
from mutmut.utils.format_utils import mangled_name_from_mutant_name
from planting import change_what_is_planted
from ruamel.yaml import YAML

LISTED = Path("tests/unnoticed.yaml")
_KINDS = "every module"
# Which tests must notice a mistake: those that stand beside the module, not whatever comes by there.
_BESIDE: Mapping[str, Sequence[str]] = {
    r"swimctl/(?:steps/.*|engine/jobs\.py)": ["tests/steps"],
    r"swimctl/engine/(?:batches|lanes|poller)\.py": ["tests/engine"],
    r"swimctl/sessions/(?:session|transcript)\.py": ["tests/sessions"],
    r"swimctl/platforms/terminal\.py": ["tests/test_terminal.py", "tests/sessions"],
    r"swimctl/sessions/redaction\.py": ["tests/test_redaction.py", "tests/sessions"],
    r"swimctl/platforms/(\w+)/.*": [
        rf"tests/platforms/{each}" for each in (r"\1", "test_journal.py", "test_look_alikes.py", "test_refusals.py")
    ],
}
PLANTED = Path("mutants")
_NOTICED = {"killed", "timeout"}
_AT_LEAST = 0.9
_NO_TESTS, _TIMEOUT = 33, 36  # mutmut's codes
_ENDLESS = 3.0  # seconds of the processor: no fast test takes so long
_IDLE = 40.0  # real seconds: who needs nothing of the processor in them waits for ever, however busy the machine is
_MEMORY = 3 << 30  # bytes: a mistake that collects without an end must not take the machine with it


@dataclass(frozen=True)
class Mistake:
    """A planted mistake: in which function what stands in place of what. None: it was not tried."""

    words: str
    noticed: bool | None


def _words(key: str, module: str) -> str:
    """Describe a mistake so that it is known again when another line of its module changes."""
    lines = get_diff_for_mutant(key, path=module).splitlines()[3:]
    was, now = (" ".join(line[1:].strip() for line in lines if line[0] == sign) for sign in "-+")
    return f"{_function(key)}: {was} → {now}"


def _function(key: str) -> str:
    function = key.rpartition(".")[2].rpartition("__mutmut_")[0]
    return function.removeprefix("x_").removeprefix("xǁ").replace("ǁ", ".")


def sample(keys: Iterable[str], size: int | None, seed: int) -> list[str]:
    """Choose so many mistakes of a module, always the same for a seed; None: all."""
    known = list(keys)
    if size is None:
        return known
    return sorted(known, key=lambda key: hashlib.sha256(f"{seed} {key}".encode()).digest())[:size]


def _verdicts(module: str) -> dict[str, int | None]:
    path = PLANTED / f"{module}.meta"
    return json.loads(path.read_text())["exit_code_by_key"] if path.exists() else {}


def _noticed(code: int | None) -> bool | None:
    return None if code is None else status_by_exit_code[code] in _NOTICED


def mistakes(module: str, chosen: Collection[str], functions: Collection[str] = ()) -> Iterator[Mistake]:
    """Yield what was planted into a module; the words of what is not unnoticed only in these functions."""
    for key, code in _verdicts(module).items():
        noticed = _noticed(code) if key in chosen else None
        yield Mistake(_words(key, module) if noticed is False or _function(key) in functions else "", noticed)


def _listed() -> Mapping[str, Mapping[str, Sequence[str]]]:
    return YAML(typ="safe").load(LISTED.read_text()) or {} if LISTED.exists() else {}


def plant() -> None:
    """Write every module with all of its mistakes, and find out which tests come to which function."""
    # mutmut keeps what it once copied: a test or a data file that is gone must not stay.
    shutil.rmtree(PLANTED / "tests", ignore_errors=True)
    for path in PLANTED.glob("swimctl/**/*.yaml"):
        path.unlink()
    PLANTED.mkdir(exist_ok=True)
    set_mutant_under_test("mutant_generation")
    copy_src_dir()
    copy_also_copy_files()
    setup_source_paths()
    mutmut.create_mutants(1)
    _apart(lambda: mutmut.collect_or_load_stats(mutmut.get_mutant_runner(1), apply_config_invalidation=True))
    assert load_stats(), "nobody knows which tests come to which function"
    set_mutant_under_test("")


def _apart(act: Callable[[], object]) -> None:
    """Do something in a fork: a thread that a test started would be dead in each process that is forked after it."""
    child = os.fork()
    if not child:
        try:
            act()
        except BaseException:  # noqa: BLE001 - nothing goes up out of a fork
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    if code := os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]):
        sys.exit(f"the tests without a mistake ended with {code}")


def beside(module: str) -> list[str]:
    """Return the tests of a module: files and folders. Of one that all systems share, all fast tests."""
    for pattern, paths in _BESIDE.items():
        if found := re.fullmatch(pattern, module):
            return [found.expand(path) for path in paths]
    return list(config().pytest_add_cli_args_test_selection)


def try_all(chosen: Mapping[str, Sequence[str]]) -> None:
    """Run the tests against each chosen mistake without a verdict or not noticed so far; keep the verdicts."""
    with change_cwd(PLANTED):
        selection = sorted({path for module in chosen for path in beside(module)})
        pytest.main(["--rootdir=.", "-q", *config().pytest_add_cli_args, *selection], plugins=[_Trial(chosen)])


class _Trial:
    """A plugin that runs the collected tests in forks of this process, a mistake in each, in place of running them."""

    def __init__(self, chosen: Mapping[str, Sequence[str]]) -> None:
        self._chosen = chosen

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        items = {item.nodeid: item for item in session.items}
        gc.freeze()  # what a fork collects would first be copied
        tried, before = 0, _of_children()
        for module, chosen in self._chosen.items():
            data = SourceFileMutationData(path=module)
            with change_cwd(".."):
                data.load()
            near = tuple(beside(module))
            keys = [key for key in chosen if not _noticed(data.exit_code_by_key[key])]
            for number, key in enumerate(keys, 1):
                print(f"\r{module}: {number} of {len(keys)} ", end="", flush=True)
                tried += 1
                tests = [name for name in _come(key) & items.keys() if name.startswith(near)]
                mine = sorted(tests, key=lambda name: state().duration_by_test[name])
                data.exit_code_by_key[key] = _try(key, [items[name] for name in mine]) if mine else _NO_TESTS
                with change_cwd(".."):
                    data.save()
        print(f"\n{tried} tried, each for {(_of_children() - before) / max(tried, 1):.1f} s of the processor")
        return True


def _come(key: str) -> set[str]:
    """Return the tests that come to a mistake's function; of one that is newer than they, those that come near it."""
    known, module = state().tests_by_mangled_function_name, key.rpartition(".")[0]
    near = (tests for name, tests in known.items() if name.rpartition(".")[0] == module)
    return known.get(mangled_name_from_mutant_name(key)) or set().union(*near)


def _of_children() -> float:
    """Return the seconds of the processor that the processes which have ended took."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _try(key: str, items: Sequence[pytest.Item]) -> int:
    """Run tests in a fork until one notices the mistake, and return its exit code as mutmut writes it."""
    child = os.fork()
    if child:
        code = _ended(child)
        return _TIMEOUT if code < 0 else code
    set_mutant_under_test(key)
    with Path(os.devnull).open("w") as nowhere:
        for output in (1, 2):
            os.dup2(nowhere.fileno(), output)
        for item in items:
            # Of the processor's time, not of a machine's that others use too: what is slow must not pass for endless.
            signal.setitimer(signal.ITIMER_PROF, _ENDLESS + 5 * state().duration_by_test[item.nodeid])
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=None)
            if item.session.testsfailed:
                os._exit(1)
    os._exit(0)


def _ended(child: int) -> int:
    """Wait for a process and return its exit code; one that waits for what never comes is killed."""
    stat, used = Path(f"/proc/{child}/stat"), ""

    def look(*_: object) -> None:
        nonlocal used
        fields = stat.read_text().rpartition(") ")[2].split()
        before, used = used, " ".join(fields[11:13])  # ticks of the processor
        if used == before:
            os.kill(child, signal.SIGKILL)

    before = signal.signal(signal.SIGALRM, look)
    signal.setitimer(signal.ITIMER_REAL, _IDLE, _IDLE)
    try:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def modules() -> list[str]:
    """List the modules that are planted into."""
    return sorted(str(path) for path in walk_mutatable_files())


def report(chosen: Mapping[str, Sequence[str]], *, whole: bool) -> bool:
    """Print the numbers by module, and what stands in the list or out of it wrongly; tell whether all is well."""
    listed, total, wrong = _listed(), [], []
    kinds = re.compile("|".join(kind for several in listed.get(_KINDS, {}).values() for kind in several) or r"(?!)")
    for module, keys in chosen.items():
        of_list = Counter(words for several in listed.get(module, {}).values() for words in several)
        found = list(mistakes(module, set(keys), {words.partition(":")[0] for words in of_list}))
        if not found:
            continue
        counts = Counter(each.noticed for each in found)
        total.append(counts)
        unnoticed = Counter(each.words for each in found if each.noticed is False)
        untried = {each.words for each in found if each.noticed is None}
        unlisted = (words for words in (unnoticed - of_list).elements() if not kinds.fullmatch(words))
        wrong += [f"{module}: unnoticed: {words}" for words in unlisted]
        gone = (words for words in (of_list - unnoticed).elements() if words not in untried)
        wrong += [f"{module}: listed, and noticed or gone: {words}" for words in gone]
        print(f"{module:60} {_line(counts)}")
    share, margin = estimate(total)
    print(f"{'all':60} {_line(sum(total, Counter()))}: {100 * share:.1f} % of all ± {100 * margin:.1f}")
    print("\n".join(wrong))
    untried = whole and any(counts[None] for counts in total)
    return not wrong and not untried and share >= _AT_LEAST


def _line(counts: Counter[bool | None]) -> str:
    tried = counts[True] + counts[False]
    return (
        f"{counts[True]:5} of {tried:5} noticed, {100 * counts[True] / max(tried, 1):5.1f} %, {counts.total()} planted"
    )


def estimate(modules: Sequence[Counter[bool | None]]) -> tuple[float, float]:
    """Return the share of all mistakes that is noticed, and how far it may be off, in 19 cases of 20.

    Each module counts by what is planted in it, as its sample is as great as that of a smaller one. A sample without
    a survivor is not proof that there is none: for the margin each has one more noticed and one more unnoticed.
    """
    planted = sum(counts.total() for counts in modules if counts[True] + counts[False])
    share = variance = 0.0
    for counts in modules:
        if not (tried := counts[True] + counts[False]):
            continue
        weight, likely = counts.total() / planted, (counts[True] + 1) / (tried + 2)
        share += weight * counts[True] / tried
        unseen = (counts.total() - tried) / max(counts.total() - 1, 1)
        variance += weight**2 * likely * (1 - likely) / tried * unseen
    return share, 1.96 * math.sqrt(variance)


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Plant mistakes and tell which of them no fast test notices.")
    parser.add_argument("modules", nargs="*", metavar="MODULE", help="or a folder of them; without: all")
    parser.add_argument("--sample", type=int, metavar="N", help="try N of each module; without: all")
    parser.add_argument("--seed", type=int, default=1, help="of several samples, which (default 1)")
    asked = parser.parse_args()
    known = modules()
    for each in asked.modules:
        if not _of(each, known):
            parser.error(f"{each}: no module that is planted into, nor a folder of one")
    asked.modules = [module for each in asked.modules or ["swimctl"] for module in _of(each, known)]
    return asked


def _of(asked: str, known: Sequence[str]) -> list[str]:
    return [module for module in known if f"{module}/".startswith(f"{asked.rstrip('/')}/")]


def main() -> int:
    """Run for the modules on the command line; the exit code is 1 where a mistake is unnoticed and not listed."""
    asked = _asked()
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    change_what_is_planted()
    assert config().source_paths, "run from the project's folder"
    plant()
    chosen = {module: sample(_verdicts(module), asked.sample, asked.seed) for module in asked.modules}
    try_all(chosen)
    return 0 if report(chosen, whole=asked.sample is None) else 1


if __name__ == "__main__":
    sys.exit(main())
