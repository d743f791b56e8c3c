"""The house keeps its rules: sizes, no circles, and one meaning a word."""

from __future__ import annotations

import ast
import io
import keyword
import re
import tokenize
import tomllib
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).parents[1]
CODE = [path for room in ("engine", "pages") for path in sorted((ROOT / room).rglob("*.py"))]
TESTS = sorted((ROOT / "tests").rglob("*.py"))
SAYING = [
    path
    for room in ("pages", "engine/cli", "engine/views", "engine/decisions")
    for path in sorted((ROOT / room).rglob("*.py"))
]
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]

LINES_OF_A_FILE = 350
LINES_OF_A_FUNCTION = 60
TABLES = {"engine/simulation/crops.py"}  # numbers with their sources, one line each

# The last column of the design's table of terms: words that stood for something else, or for nothing.
WORDS = """
    home homes stay stays staying stayed vote votes voted voter voters voice voices told heard moved
    grown wood shown knowledge prospect prospects territory territories halves heat tempered
    reweighed believed sight described desk standing watching rival rivals expectation expectations
    foretell foretold played manner manners calm recall recalled
"""
RETIRED = frozenset(WORDS.split())
# Where such a word is the true one: file, word.
ALLOWED = {
    ("engine/files.py", "home"): "Path.home(), the user's own folder",
}
# And whole texts: file, text.
ALLOWED_TEXTS = {
    ("pages/_inputs.py", "voted"): "how links of earlier versions name a score",
}
PHRASES = re.compile(
    r"\b(at home|play(?:s|ed|ing)? the target|the past|voices?|votes?|voted|voters?|voting)\b", re.IGNORECASE
)
# Documents that tell what was called how before, and why it is no longer.
OF_OLD = {"docs/notebook.md"}


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def words(identifier: str) -> Iterator[str]:
    """The words of a name in snake_case or CamelCase."""
    for part in identifier.split("_"):
        yield from (word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", part))


def identifiers(path: Path) -> Iterator[tuple[int, str]]:
    """Every name in a file, with its line; 0 for the file's own."""
    yield 0, path.stem
    for token in tokenize.generate_tokens(io.StringIO(path.read_text(encoding="utf-8")).readline):
        if token.type == tokenize.NAME and not keyword.iskeyword(token.string):
            yield token.start[0], token.string


def bound(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Every variable and parameter, with its line."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.lineno, node.id
        elif isinstance(node, ast.arg):
            yield node.lineno, node.arg


def code_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of a function without its docstring, which may be as long as its parameters need."""
    assert function.end_lineno is not None
    lines = function.end_lineno - function.lineno + 1
    if ast.get_docstring(function) is not None:
        docstring = function.body[0]
        assert docstring.end_lineno is not None
        lines -= docstring.end_lineno - docstring.lineno + 1
    return lines


@pytest.mark.parametrize("path", [*CODE, *TESTS], ids=name_of)
def test_no_file_is_too_long(path: Path) -> None:
    if name_of(path) not in TABLES:
        assert len(path.read_text(encoding="utf-8").splitlines()) <= LINES_OF_A_FILE


@pytest.mark.parametrize("path", CODE, ids=name_of)
def test_no_function_is_too_long(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    assert {
        function.name: lines
        for function in functions
        if (lines := code_lines(function)) > LINES_OF_A_FUNCTION
    } == {}


def test_no_modules_import_each_other_in_a_circle() -> None:
    graph = grimp.build_graph("engine", "pages", exclude_type_checking_imports=True, cache_dir=None)
    imports = {name: graph.find_modules_directly_imported_by(name) for name in graph.modules}
    try:
        TopologicalSorter(imports).prepare()
    except CycleError as error:
        pytest.fail(f"a circle: {' <- '.join(error.args[1])}")


@pytest.mark.parametrize("path", CODE, ids=name_of)
def test_no_name_has_a_retired_word(path: Path) -> None:
    allowed = {word for (name, word) in ALLOWED if name == name_of(path)}
    assert [
        f"{line}: {name}" for line, name in identifiers(path) if RETIRED & ({*words(name)} - allowed)
    ] == []


@pytest.mark.parametrize("path", CODE, ids=name_of)
def test_no_variable_is_called_one(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert [line for line, name in bound(tree) if name == "one"] == []


@pytest.mark.parametrize("path", SAYING, ids=name_of)
def test_no_text_for_users_has_a_retired_phrase(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    texts = [
        (node.lineno, node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    assert [
        f"{line}: {text}"
        for line, text in texts
        if PHRASES.search(text) and (name_of(path), text) not in ALLOWED_TEXTS
    ] == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)
def test_no_document_has_a_retired_phrase(path: Path) -> None:
    if name_of(path) not in OF_OLD:
        text = path.read_text(encoding="utf-8")
        assert [text[max(hit.start() - 40, 0) : hit.end() + 20] for hit in PHRASES.finditer(text)] == []


def test_the_contracts_name_every_page_and_every_room() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = {contract["name"]: contract for contract in settings["tool"]["importlinter"]["contracts"]}
    pages = {f"pages.{path.stem}" for path in (ROOT / "pages").glob("[!_]*.py")}
    assert set(contracts["Pages do not know each other"]["modules"]) == pages
    rooms = {
        f"engine.{path.stem}"
        for path in (ROOT / "engine").iterdir()
        if path.suffix == ".py" or (path / "__init__.py").is_file()
    } - {"engine.__init__"}
    floors = re.findall(r"engine\.\w+", " ".join(contracts["The floors of the house"]["layers"]))
    assert rooms <= set(floors)
    without_torch = contracts["Only engine.learning imports torch"]["source_modules"]
    assert set(without_torch) == rooms - {"engine.learning"}


def test_every_exception_is_still_needed() -> None:
    for name in (*TABLES, *OF_OLD):
        assert (ROOT / name).is_file()
    for name, word in ALLOWED:
        assert any(word in words(identifier) for _, identifier in identifiers(ROOT / name))
    for name, text in ALLOWED_TEXTS:
        assert f'"{text}"' in (ROOT / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("path", [path for path in CODE if "engine" in path.parts], ids=name_of)
def test_every_public_function_says_what_its_parameters_are(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert [
        node.name
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
        if [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
        if "Parameters\n----------" not in (ast.get_docstring(node) or "")
    ] == []
