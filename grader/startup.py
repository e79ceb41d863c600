"""
What a command leaves out so that it starts at once.

nbgrader's package imports the extensions of its server, and with them tornado, jinja2, requests and
half of jupyter_server, which takes as long as all the rest; no command of ours serves pages from
its own process. nbgrader.utils imports setuptools for archives. jsonschema's checks of addresses,
colours and durations take over a second, are optional there, and no notebook format asks for them.
What is seldom used at all is imported at its first use.
"""

import functools
import gc
import importlib
import importlib.util
import sys
import types

SELDOM = 50_000  # new objects between two looks for garbage: imports leave many and none of it
OPTIONAL = """
    fqdn isoduration jsonpointer rfc3339_validator rfc3986_validator rfc3987_syntax uri_template
    webcolors
    """.split()  # noqa: SIM905 - what jsonschema does without
LOADER = "load_jupyter_server_extension"
LATER = {  # modules that are imported when what nbgrader takes from them is first called
    "nbgrader.server_extensions.assignment_list": (LOADER,),
    "nbgrader.server_extensions.course_list": (LOADER,),
    "nbgrader.server_extensions.formgrader": (LOADER,),
    "nbgrader.server_extensions.validate_assignment": (LOADER,),
    "setuptools.archive_util": ("unpack_archive", "unpack_tarfile", "unpack_zipfile"),
}
SELDOM_USED = {  # modules that are imported when one of their names is asked for, or these called
    "bs4": ("BeautifulSoup",),  # by nbconvert, for pictures and for HTML
    "requests": (),  # by nbgrader, on a hub
}


def quicken() -> None:
    """Have what a command imports from now on import no more than it needs."""
    gc.set_threshold(SELDOM)
    if "nbgrader" not in sys.modules:
        _import_nbgrader()


def _import_nbgrader() -> None:
    """Import nbgrader with stand-ins for what takes long, or nothing in its place."""
    stand_ins = {name: _stand_in(name, taken) for name, taken in LATER.items()}
    stand_ins |= dict.fromkeys(OPTIONAL)  # None: as if it were not installed
    stand_ins = {name: one for name, one in stand_ins.items() if name not in sys.modules}
    sys.modules.update(stand_ins)
    for name, called in SELDOM_USED.items():
        _import_when_used(name, called)
    try:
        importlib.import_module("nbgrader.utils")
    except ImportError:  # another nbgrader, which takes more than that: as it comes, then
        for name in [name for name in sys.modules if name.split(".")[0] == "nbgrader"]:
            del sys.modules[name]
    finally:
        for name in stand_ins:
            sys.modules.pop(name, None)


def _import_when_used(name: str, called: tuple[str, ...]) -> None:
    """
    Have a package imported when one of its names is first asked for. (The LazyLoader of Python 3.11
    imports it as soon as a second module does.)
    """
    if name in sys.modules or (found := importlib.util.find_spec(name)) is None:
        return
    stand_in = types.ModuleType(name)

    def ask(attribute: str) -> object:
        if sys.modules.get(name) is stand_in:
            del sys.modules[name]
        return getattr(importlib.import_module(name), attribute)

    def call(attribute: str, *args: object, **kwargs: object) -> object:
        return ask(attribute)(*args, **kwargs)

    stand_in.__spec__, stand_in.__getattr__ = found, ask
    if called:  # `from` a package looks for its folder first
        stand_in.__path__ = list(found.submodule_search_locations or ())
        stand_in.__dict__.update({one: functools.partial(call, one) for one in called})
    sys.modules[name] = stand_in


def _stand_in(name: str, functions: tuple[str, ...]) -> types.ModuleType:
    """Return a module with functions that import the real module to call the real ones."""
    module = types.ModuleType(name)
    for function in functions:
        module.__dict__[function] = functools.partial(_call, name, function)
    return module


def _call(module: str, function: str, *args: object, **kwargs: object) -> object:
    return getattr(importlib.import_module(module), function)(*args, **kwargs)
