"""What the guarded process answers where a module cannot be imported; what stages do is in tests/inputs/test_deployment.py."""

from __future__ import annotations

import pytest

from lib.guarded.process import Process, Raised


@pytest.fixture(scope="module")
def process(tmp_path_factory):
    made = Process()
    made.folder = tmp_path_factory.mktemp("modules")
    yield made
    made.close()


@pytest.mark.parametrize(
    ("name", "source", "said"),
    [
        ("leaves", "import sys; sys.exit(0)", "SystemExit: 0"),
        ("interrupts", "raise KeyboardInterrupt", "KeyboardInterrupt: KeyboardInterrupt"),
        ("unprintable", "raise type('E', (BaseException,), {'__str__': lambda self: 1 / 0})", "E: it cannot be printed"),
        ("named", "raise type('a\\nb', (Exception,), {})", r"a\nb: a\nb"),
        ("refuses", "def __getattr__(name): raise ZeroDivisionError('no ' + name)", "ZeroDivisionError: no pipeline"),
        ("wrong", "a syntax error", "SyntaxError: invalid syntax (wrong.py, line 1)"),
        ("nul", "\0", "SyntaxError: source code string cannot contain null bytes"),
        ("hidden", "import sys; sys.modules[__name__] = object()", "TypeError: "),
        (".relative", "", "TypeError: "),
    ],
)
def test_a_module_that_cannot_be_imported_says_why_and_the_process_goes_on(process, name, source, said):
    (process.folder / f"{name}.py").write_text(source)
    asked = {"do": "import", "module": name, "attribute": "pipeline", "path": [str(process.folder)]}
    with pytest.raises(Raised) as raised:
        process.ask("importing", 20, asked)
    assert str(raised.value).startswith(said)


def test_functions_are_found_or_named(process):
    (process.folder / "team.py").write_text("def serve(model): pass\n_hidden = globals()['a\\nb'] = serve\nvalue = 3\n")
    asked = {"do": "import", "module": "team", "path": [str(process.folder)]}
    assert process.ask("importing", 20, asked | {"attribute": "serve"}) == ({"found": True, "public": None}, None)
    for attribute in ("value", "missing"):
        assert process.ask("importing", 20, asked | {"attribute": attribute}) == ({"found": False, "public": ["serve"]}, None)
