"""The sample collection: a product catalogue whose pictures are all drawn here, by code, from a seed.

It lets a newcomer see the dashboard full within seconds, with no download and no third party's pictures. The table
has the columns and the vocabulary of the well-known fashion product table, so what works on one works on the other.
"""

from data.sample.rows import COLUMNS, SampleRow, sample_rows
from data.sample.studio import draw
from data.sample.write import write_sample

__all__ = ["COLUMNS", "SampleRow", "draw", "sample_rows", "write_sample"]
