"""Random numbers that are the same each time, for guests of the sandbox and for checks."""

import importlib
import random
import sys


def seed(module: str, value: object) -> None:
    """Seed the global generator of `random`, or of NumPy, as `module.seed(value)` does."""
    importlib.import_module("random" if module == "random" else "numpy.random").seed(value)


def begin(seed: bytes | int) -> None:
    """
    Let `random`, NumPy's global generator and NumPy's generators without a seed of their own follow
    from this seed.
    """
    random.seed(seed)
    own = random.Random(seed)
    if "numpy.random" in sys.modules:
        sys.modules["numpy.random"].seed(own.getrandbits(32))
        sys.modules["numpy.random.bit_generator"].randbits = own.getrandbits
