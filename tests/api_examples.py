"""Write the examples of the API anew, as a server answers them: swimctl/api/examples.json.

python tests/api_examples.py
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent))
from support.api_examples import FILE, record, text_of

if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        FILE.write_text(text_of(record(Path(folder))), encoding="utf-8")
