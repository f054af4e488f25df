"""What one caller sees, and what they may act on: who may not look at a device is not told that there is one.

A job is where its device is in the inventory now. Of a device that is not there any more nobody knows where it is: only
those who may act everywhere see its jobs.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from swimctl.errors import NotFound, OutOfReach, SelectionError
from swimctl.inventory import selection
from swimctl.inventory.hosts import Inventory
from swimctl.models import Device, Job
from swimctl.rights import Act, Rights
from swimctl.store import Store
from swimctl.store.reading import no_batch

SOMEWHERE_ELSE: Final = "(a device elsewhere)"
# What a person wrote, and words that stand for one of a few: neither comes from the inventory.
_LEFT_AS_IT_IS: Final = frozenset(
    {"ticket", "comment", "reason", "requested_by", "approved_by", "paused_by", "stopped_by", "stop_by", "by"}
    | {"status", "outcome", "kind", "execution_mode", "answer", "current_step", "workflow", "image_filename"}
)
_WORD: Final = re.compile(r"[\w-]+(?:\.[\w-]+)*")


class Named:
    """The names of all devices that this store ever had: a text may name one that has left the inventory."""

    def __init__(self) -> None:
        self.names: frozenset[str] = frozenset()
        self._latest = 0
        self._lock = threading.Lock()

    def learn(self, store: Store) -> None:
        """Add those that are new."""
        with self._lock:
            if new := store.device_names(self._latest):
                self.names |= frozenset(new.values())
                self._latest = max(new)


@dataclass(frozen=True, slots=True)
class _Hidden:
    """Names that one caller must not be told; `odd` finds those that are no single word.

    It holds as long as the names that were `learned` are these.
    """

    learned: frozenset[str]
    names: frozenset[str]
    odd: re.Pattern[str] | None


class Reach:
    """The devices of one caller. `whole`: they see all of them."""

    def __init__(self, rights: Rights, inventory: Inventory, store: Store, named: Named | None = None) -> None:
        self._rights, self._inventory, self._store = rights, inventory, store
        self._named = Named() if named is None else named
        self._known: _Hidden | None = None
        self.whole = rights.everywhere(Act.LOOK)

    @cached_property
    def devices(self) -> tuple[Device, ...]:
        """Return the devices that the caller sees."""
        return tuple(one for one in self._inventory.devices if self.whole or self._rights.may(Act.LOOK, one))

    @cached_property
    def _by_name(self) -> Mapping[str, Device]:
        return {device.name: device for device in self.devices}

    @cached_property
    def _by_id(self) -> Mapping[int, Device]:
        return {device.id: device for device in self.devices}

    def _elsewhere(self) -> _Hidden:
        """Return the names that the caller must not be told, with those that were learned since."""
        learned, known = self._named.names, self._known
        if known is None or known.learned is not learned:
            names = (learned | {device.name for device in self._inventory.devices}) - self._by_name.keys()
            known = self._known = _Hidden(learned, names, _pattern(names))
        return known

    @property
    def device_ids(self) -> tuple[int, ...] | None:
        """Return the ids of the devices that the caller sees; None: they see all, also those of no inventory."""
        return None if self.whole else tuple(self._by_id)

    def sees(self, name: str) -> bool:
        """Return whether the caller may look at a device of this name, which may be in no inventory."""
        return self.whole or name in self._by_name

    def seen(self, jobs: Iterable[Job]) -> list[Job]:
        """Return the jobs whose devices the caller sees."""
        return [job for job in jobs if self.sees(job.device_name)]

    def resolve(self, refs: Sequence[str | int]) -> tuple[Device, ...]:
        """Find devices by names and ids, each once. NotFound: one does not exist, as far as the caller knows."""
        try:
            return tuple(selection.named(refs, self._by_name, self._by_id))
        except SelectionError as unknown:
            raise NotFound(str(unknown)) from None

    def all_may(self, act: Act) -> bool:
        """Return whether the act is allowed for all devices."""
        return self._rights.everywhere(act)

    def require(self, act: Act, devices: Iterable[Device]) -> None:
        """Raise OutOfReach, with the names that the caller knows, unless all of these devices may be acted on."""
        self._refuse(act, [one.name for one in devices if not self._rights.may(act, one)])

    def require_everywhere(self, act: Act) -> None:
        """Raise OutOfReach unless the act is allowed for all devices."""
        if not self._rights.everywhere(act):
            few = "only some" if self._rights.somewhere(act) else "none"
            raise OutOfReach(
                f"this is about all devices, and you may {act} {few} of them; next: ask for a role "
                f"that may {act}, without sites and groups"
            )

    def require_jobs(
        self, act: Act, job_ids: Sequence[int] | None, batch_id: str | None, *, some: bool = False
    ) -> None:
        """Require that the act is allowed for the devices of these jobs, or, without ids, of the whole batch.

        With `some`, one device that the caller sees is enough: what is of others will be left out.

        NotFound: a job or the batch does not exist, as far as the caller knows. OutOfReach: nothing may be done at all.
        """
        if self._rights.everywhere(act):
            return  # whoever does it says what does not exist
        if job_ids is None and batch_id is None:
            self.require_everywhere(act)
        batch = None if batch_id is None else self._store.batch(batch_id).id
        jobs = self._store.jobs(ids=job_ids, batch_id=batch)
        known = self.seen(jobs)
        if job_ids is None:
            if not known:
                raise no_batch(str(batch_id))
        elif missing := sorted(set(job_ids) - {job.id for job in known}):
            raise NotFound(f"job {', '.join(map(str, missing))} not found; nothing was done; see `swimctl job list`")
        if some:
            return
        devices = {device.name: device for device in self._inventory.devices}
        self._refuse(act, [job.device_name for job in jobs if not self._rights.may(act, devices.get(job.device_name))])

    def _refuse(self, act: Act, names: Sequence[str]) -> None:
        if not names:
            return
        known = [name for name in dict.fromkeys(names) if self.sees(name)]
        others = "" if len(known) == len(set(names)) else "devices that you may not look at"
        which = " and ".join(filter(None, (selection.some(known) if known else "", others)))
        raise OutOfReach(f"you may not {act} {which}; nothing was done; next: leave them out, or ask somebody who may")

    def hidden_from(self, document: Any, said: frozenset[str] = frozenset()) -> Any:  # noqa: ANN401 - any JSON
        """Return a document in which no text names a device that the caller does not see.

        A text of a job may name another job's device: the one that it waits for, or whose failure ended its batch.
        `said` are words of the caller's own request: they are told nothing by them.
        """
        if self.whole:
            return document
        return self._without(document, said) if self._elsewhere().names else document

    def _without(self, document: Any, said: frozenset[str]) -> Any:  # noqa: ANN401 - any JSON
        if isinstance(document, Mapping):
            return {
                self._text(key, said): value if key in _LEFT_AS_IT_IS else self._without(value, said)
                for key, value in document.items()
            }
        if isinstance(document, list):
            return [self._without(one, said) for one in document]
        return self._text(document, said) if isinstance(document, str) else document

    def told(self, text: str, name: str = "") -> str:
        """Return a text in which no device is named that the caller does not see; `name` is that of its field."""
        return text if self.whole or name in _LEFT_AS_IT_IS else self._text(text, frozenset())

    def hidden_from_json(self, body: bytes, said: frozenset[str] = frozenset()) -> bytes:
        """Return the same of a JSON text."""
        return json.dumps(self.hidden_from(json.loads(body), said)).encode()

    def _text(self, text: str, said: frozenset[str]) -> str:
        hidden = self._elsewhere()
        if text in hidden.names:
            return text if text in said else SOMEWHERE_ELSE

        def word(found: re.Match[str]) -> str:
            whole = found[0]
            first = whole.partition(".")[0]
            # Digits alone are a number in a text, whatever device is called so.
            is_name = not first.isdigit() and (whole in hidden.names or first in hidden.names)
            return SOMEWHERE_ELSE if is_name and whole not in said else whole

        def odd(found: re.Match[str]) -> str:
            return found[0] if found[0] in said else SOMEWHERE_ELSE

        text = _WORD.sub(word, text)
        return text if hidden.odd is None else hidden.odd.sub(odd, text)


def _pattern(names: Iterable[str]) -> re.Pattern[str] | None:
    """Return what finds those of these names that are no single word."""
    odd = sorted((name for name in names if not _WORD.fullmatch(name)), key=len, reverse=True)
    return re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, odd))})(?![\w-])") if odd else None


def words(document: Any) -> frozenset[str]:  # noqa: ANN401 - any JSON
    """Return the words and whole texts of a request."""
    if isinstance(document, Mapping):
        return frozenset[str]().union(*map(words, document.keys()), *map(words, document.values()))
    if isinstance(document, list | tuple):
        return frozenset[str]().union(*map(words, document))
    return frozenset((str(document), *_WORD.findall(str(document))))
