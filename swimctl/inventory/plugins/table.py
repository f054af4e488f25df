"""An inventory in a table: one line a device, as a spreadsheet saves it."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any, Final

from nornir.core.inventory import Defaults, Group, Groups, Host, Hosts, Inventory, ParentGroups

from swimctl.errors import InventoryError

# What a column is called, and what it is to Nornir; all other columns are data.
_FIELDS: Final = {"name": "name", "address": "hostname", "hostname": "hostname", "ip": "hostname"} | {
    field: field for field in ("port", "platform", "username", "password", "groups")
}
_LISTS: Final = frozenset({"groups", "depends_on", "feeds"})


class CsvInventory:
    """Read a CSV file with a line of column names; `name` must be one of them.

    `address`, `port`, `platform`, `username`, `password` and `groups` are what they say, every other column is data
    of the host. Cells of `groups`, `depends_on` and `feeds` hold several names with blanks or semicolons between.
    """

    def __init__(self, file: str = "hosts.csv", folder: str = ".") -> None:
        self._path = Path(folder, file).expanduser()

    def load(self) -> Inventory:
        """Return the hosts of the file. Raises InventoryError with file and line."""
        hosts, groups, defaults = Hosts(), Groups(), Defaults()
        for number, row in self._rows():
            name = row.pop("name", "")
            if not name:
                raise InventoryError(f"{self._path} line {number}: the column name is empty")
            if name in hosts:
                raise InventoryError(f"{self._path} line {number}: {name} is there twice; remove one")
            fields: dict[str, Any] = {field: row.pop(field) for field in {*_FIELDS.values()} & {*row}}
            if "port" in fields:
                fields["port"] = self._port(fields["port"], number)
            parents = fields.pop("groups", [])
            for parent in parents:
                groups.setdefault(parent, Group(parent, defaults=defaults))
            hosts[name] = Host(
                name, **fields, groups=ParentGroups(groups[parent] for parent in parents), data=row, defaults=defaults
            )
        return Inventory(hosts=hosts, groups=groups, defaults=defaults)

    def _rows(self) -> list[tuple[int, dict[str, Any]]]:
        try:
            text = self._path.read_text(encoding="utf-8-sig")
        except OSError as problem:
            what = "correct inventory.options.file in config.yaml"
            raise InventoryError(f"{self._path} cannot be read: {problem.strerror}; {what}") from None
        except UnicodeDecodeError:
            raise InventoryError(f"{self._path} is not UTF-8 text; save it as UTF-8") from None
        head = next((line for line in text.splitlines() if line.strip()), "")
        delimiter = max(",;\t", key=head.count)  # a spreadsheet writes what its country separates by
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        columns: list[str] = []
        found = []
        try:
            for cells in reader:
                if not any(cell.strip() for cell in cells) or cells[0].startswith("#"):
                    continue
                if not columns:
                    columns = self._columns(cells, reader.line_num)
                    continue
                if len(cells) > len(columns) and any(cell.strip() for cell in cells[len(columns) :]):
                    what = f"{len(cells)} cells under {len(columns)} columns; put a cell that has a comma in quotes"
                    raise InventoryError(f"{self._path} line {reader.line_num}: {what}")
                found.append((reader.line_num, _row(columns, cells)))
        except csv.Error as problem:
            raise InventoryError(f"{self._path} line {reader.line_num}: {problem}") from None
        if not columns:
            raise InventoryError(
                f"{self._path} is empty; its first line names the columns, such as name,address,platform"
            )
        return found

    def _columns(self, cells: list[str], line: int) -> list[str]:
        names = [cell.strip() for cell in cells]
        columns = [_FIELDS.get(name.lower(), name) for name in names]
        if "name" not in columns:
            raise InventoryError(
                f"{self._path} line {line}: no column is called name; the first line names the columns, such as "
                "name,address,platform"
            )
        twice = sorted({name for name in columns if name and columns.count(name) > 1})
        if twice:
            raise InventoryError(f"{self._path} line {line}: two columns are for {twice[0]}; remove one")
        return columns

    def _port(self, text: str, line: int) -> int:
        if not text.isascii() or not text.isdigit() or not 0 < int(text) < 65_536:
            raise InventoryError(f"{self._path} line {line}: port must be a whole number 1 to 65535")
        return int(text)


def _row(columns: list[str], cells: list[str]) -> dict[str, Any]:
    """Return what the cells say; an empty one says nothing."""
    row = {column: cell.strip() for column, cell in zip(columns, cells, strict=False) if column and cell.strip()}
    return {column: cell.replace(";", " ").split() if column in _LISTS else cell for column, cell in row.items()}
