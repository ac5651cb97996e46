"""The JSON schema of case.yaml, so that an editor helps: `python -m knowledge.schema` writes it. Knows the models only."""

from __future__ import annotations

import json
from pathlib import Path

from knowledge.case import CaseStudy

FILE = Path(__file__).with_name("case.schema.json")


def schema() -> str:
    """The schema as JSON text. `slug` is left out: it is the folder's name, never a key of the file."""
    made = CaseStudy.model_json_schema()
    made["properties"].pop("slug")
    made["required"].remove("slug")
    made["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    made["description"] = (
        "One case study. Put this file's path behind `# yaml-language-server: $schema=` in the first line of case.yaml."
    )
    return json.dumps(made, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    FILE.write_text(schema(), encoding="utf-8")
    print(f"wrote {FILE}")
