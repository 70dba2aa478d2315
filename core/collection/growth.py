"""What a later version of a collection has more than an earlier one, where it has the same images and more."""

from dataclasses import dataclass
from typing import Any

import pyarrow as pa

MOST_ADDED = 100_000  # images; where there are more, all are read anew


@dataclass(frozen=True)
class ColumnFacts:
    """What a column holds, as far as its kind depends on it."""

    distinct: int
    present: int
    rows: int
    first: Any = None  # the least number, or the characters of the longest text; None without a value
    second: Any = None  # the greatest number, or the characters of a text on average

    def and_more(self, more: "ColumnFacts", unseen: int, *, is_text: bool) -> "ColumnFacts":
        """With further rows, which have so many values that there were not before."""
        present = self.present + more.present
        if not self.present or not more.present:
            first, second = (self.first, self.second) if self.present else (more.first, more.second)
        elif is_text:
            first = max(self.first, more.first)
            second = (self.second * self.present + more.second * more.present) / present
        else:
            first, second = min(self.first, more.first), max(self.second, more.second)
        return ColumnFacts(self.distinct + unseen, present, self.rows + more.rows, first, second)


def added_rows(before: Any, after: Any, columns: list[str]) -> pa.Table | None:
    """The rows that a later version of a dataset has in addition, with `_rowid`; None where anything else changed."""
    if after.version <= before.version or not after.schema.equals(before.schema, check_metadata=True):
        return None
    held = {fragment.fragment_id: fragment.metadata for fragment in before.get_fragments()}
    fragments = {fragment.fragment_id: fragment for fragment in after.get_fragments()}
    if any(number not in fragments or fragments[number].metadata != known for number, known in held.items()):
        return None
    new = [fragment for number, fragment in fragments.items() if number not in held]
    if sum(fragment.physical_rows for fragment in new) > MOST_ADDED:
        return None
    if not new:
        return before.schema.empty_table().select(columns).append_column("_rowid", pa.array([], pa.uint64()))
    return after.scanner(columns=columns, with_row_id=True, fragments=new).to_table()
