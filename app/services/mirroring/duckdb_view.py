"""What DuckDB is told to read the files of a mirror by: one view of what is current, over its files.

Owns the text of ``current.sql``; needs no DuckDB. Where something withdrawn was taken out of a file, what is left of it is read.
It names exactly the files that belong together, so that whoever reads it sees
one number. Kept by ``tests/services/mirroring/test_duckdb_view.py``, which reads it with DuckDB.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from app.domain.export import ExportFormat, FilePart
from app.services.mirroring.kept_files import KeptExport
from breakwater_client.verifying.read_exports import is_of_attestations

VIEW_FILE = "current.sql"

_HEAD = """-- Written by breakwater export pull: do not change it. The state after export {number}, as of {as_of}.
-- duckdb -init {name}    then: SELECT type, count(*) FROM current_object GROUP BY type;
"""
_LINE = """SELECT sha256(content) AS content_sha256, content::JSON ->> 'id' AS id, content::JSON ->> 'type' AS type,
           content::JSON ->> 'modified' AS version, content, {number} AS export_number"""
_READ_LINES = """(SELECT {cut} AS content, filename FROM read_csv({files}, columns = {{'line': 'VARCHAR'}}, delim = '\\x01',
           quote = '', escape = '', header = false, auto_detect = false, max_line_size = 20000000, filename = true){where})"""
_NUMBER = "regexp_extract(filename, '([0-9]+)-(delta|snapshot|tombstones)-[0-9]+[^/]*$', 1)::BIGINT"
_TABLE = """SELECT * EXCLUDE (filename) REPLACE ({cut} AS content)
    FROM (SELECT *, {number} AS export_number FROM {read}({files}, filename = true{more}))"""
_FROM_BASE64 = "decode(from_base64(content))"
_GONE = """CREATE OR REPLACE VIEW tombstone AS
    SELECT content_sha256, {number} AS export_number
    FROM {tombstones};
"""
_VIEWS = """CREATE OR REPLACE VIEW exported_object AS
    {objects};
{gone}CREATE OR REPLACE VIEW current_object AS
    SELECT * FROM exported_object AS one
    WHERE NOT EXISTS (SELECT 1 FROM tombstone AS gone
                      WHERE gone.content_sha256 = one.content_sha256 AND gone.export_number > one.export_number)
    QUALIFY row_number() OVER (PARTITION BY content_sha256 ORDER BY export_number DESC) = 1;
"""


def view_of(chain: Sequence[KeptExport], form: ExportFormat) -> str | None:
    """Give the text for a chain of kept exports (``KeptFiles.chain``); None where sealed files, or none, could not be read."""
    names = [one.name for export in chain for one in export.manifest.files]
    if not chain or any(name.endswith(".hpke") for name in names):
        return None
    first, last = chain[0], chain[-1]
    objects = [*_paths(first, FilePart.SNAPSHOT), *(path for one in chain[1:] for path in _paths(one, FilePart.DELTA))]
    tombstones = [path for one in chain[1:] for path in _paths(one, FilePart.TOMBSTONES)]
    as_of = last.manifest.as_of.isoformat().replace("+00:00", "Z")
    head = _HEAD.format(number=last.manifest.number, as_of=as_of, name=VIEW_FILE)
    return head + _VIEWS.format(objects=_objects(form, objects), gone=_gone(tombstones))


def _paths(export: KeptExport, part: FilePart) -> list[str]:
    files = [one for one in export.manifest.files if one.part is part and not is_of_attestations(one)]
    return [str(path.absolute()) for one in files if (path := export.path_of(one)) is not None]


def _objects(form: ExportFormat, paths: Sequence[str]) -> str:
    files = _list(paths)
    match form:
        case ExportFormat.STIX_NDJSON:
            return f"{_LINE.format(number=_NUMBER)} FROM {_READ_LINES.format(cut='line', files=files, where='')}"
        case ExportFormat.STIX_BUNDLE:
            where = " WHERE line LIKE '{%' AND line NOT LIKE '{\"id\":\"bundle--%'"
            cut = "rtrim(line, ',')"
            return f"{_LINE.format(number=_NUMBER)} FROM {_READ_LINES.format(cut=cut, files=files, where=where)}"
        case ExportFormat.PARQUET:
            return _TABLE.format(cut="decode(content)", number=_NUMBER, read="read_parquet", files=files, more="")
        case ExportFormat.CSV:
            more = ", header = true, all_varchar = true, union_by_name = true, max_line_size = 20000000"
            return _TABLE.format(cut=_FROM_BASE64, number=_NUMBER, read="read_csv", files=files, more=more)


def _gone(paths: Sequence[str]) -> str:
    if not paths:
        nothing = "(SELECT NULL::VARCHAR AS content_sha256, NULL::VARCHAR AS filename) WHERE false"
        return _GONE.format(number=_NUMBER, tombstones=nothing)
    read = f"read_ndjson({_list(paths)}, columns = {{'content_sha256': 'VARCHAR'}}, filename = true)"
    return _GONE.format(number=_NUMBER, tombstones=read)


def _list(paths: Iterable[str]) -> str:
    return "[" + ", ".join("'" + one.replace("'", "''") + "'" for one in paths) + "]"
