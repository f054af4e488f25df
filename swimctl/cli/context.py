"""What every command shares: the global options, and config, store, inventory and service opened when asked for."""

from __future__ import annotations

import getpass
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

import typer

from swimctl.errors import UsageError

if TYPE_CHECKING:
    from swimctl.accounts.directory import Outside
    from swimctl.accounts.service import AccountService
    from swimctl.campaigns.service import CampaignService
    from swimctl.clock import SystemClock
    from swimctl.config.reading import Config
    from swimctl.engine.batches import Engine
    from swimctl.inventory.hosts import Inventory
    from swimctl.models import Caller
    from swimctl.requests.service import Service
    from swimctl.store import Store


class Opened:
    """Open each part at its first use, so that a command pays only for what it needs.

    Every part raises a SwimctlError where it cannot be opened.
    """

    def __init__(self, config_path: Path) -> None:
        self._config_path = config_path

    @property
    def config_path(self) -> Path:
        """Return where config.yaml is, also where it cannot be read."""
        return self._config_path.expanduser().absolute()

    @cached_property
    def config(self) -> Config:
        """Read config.yaml."""
        from swimctl.config import reading

        return reading.load(self._config_path)

    @cached_property
    def clock(self) -> SystemClock:
        """Make the clock that runs at the configured speed."""
        from swimctl.clock import SystemClock

        return SystemClock(self.config.settings.clock_speed)

    @cached_property
    def store(self) -> Store:
        """Open the store; it is made where there is none yet."""
        from swimctl.store import Store

        return Store.open(self.config.settings.store, self.clock)

    @cached_property
    def present_store(self) -> Store:
        """Open the store for one who looks at it or copies it: a new, empty one would say that all is well."""
        from swimctl.store import Store

        return Store.open(self.config.settings.store, self.clock, create=False)

    @cached_property
    def inventory(self) -> Inventory:
        """Load the Nornir inventory and give its hosts their ids."""
        from swimctl.inventory.hosts import Inventory

        return Inventory.load(self.config, self.store)

    @cached_property
    def service(self) -> Service:
        """Make what the command line shares with the API."""
        from swimctl.requests.service import Service

        return Service(self.config, self.store, lambda: self.inventory, self.clock)

    @cached_property
    def campaigns(self) -> CampaignService:
        """Make what keeps campaigns; the command line shares it with the API, too."""
        from swimctl.campaigns.service import CampaignService

        return CampaignService(self.config, self.store, lambda: self.inventory, self.service, self.clock)

    @cached_property
    def accounts(self) -> AccountService:
        """Make what keeps users and tokens."""
        from swimctl.accounts.service import AccountService
        from swimctl.config.access import grants

        roles = grants(self.config.settings.roles)
        return AccountService(self.store, self.clock, roles=roles, outside=self.outside)

    @cached_property
    def outside(self) -> Outside | None:
        """Make what knows the people of the LDAP server; None where there is none."""
        if not self.config.settings.ldap.url:
            return None
        from swimctl.accounts.ldap_directory import outside

        return outside(self.config.settings, self.config.path.parent)

    @cached_property
    def engine(self) -> Engine:
        """Make what runs jobs; from here until the end this process is known as a runner."""
        from swimctl.engine.batches import Engine

        self.store.require_whole()  # damage must not be found when a device is half-way
        return Engine(self.config, self.store, self.inventory, self.clock)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if "engine" in self.__dict__:
            self.engine.close()
        if "store" in self.__dict__:
            self.store.close()
        if "present_store" in self.__dict__:
            self.present_store.close()


@dataclass
class Context:
    """The global options of one call."""

    config_path: Path = Path("config.yaml")
    json: bool = False
    quiet: bool = False
    verbose: bool = False

    def open(self) -> Opened:
        """Return a context manager over config, store, inventory, service and engine; it closes the store."""
        return Opened(self.config_path)


def caller(name: str | None = None) -> Caller:
    """Return the user of this machine who calls, for the record; the name is empty where they have none.

    `name` is who they say that they are. UsageError: it is empty.
    """
    from swimctl.models import Caller

    if name is not None:
        if not name.strip():
            raise UsageError("--as is empty; give your name, or leave it out")
        return Caller(name.strip(), "terminal")
    try:
        return Caller(getpass.getuser(), "terminal")
    except (KeyError, OSError):  # a container's user without a name
        return Caller("", "terminal")


def of(ctx: typer.Context) -> Context:
    """Find the global options of the running command."""
    found = ctx.find_root().obj
    return found if isinstance(found, Context) else Context()
