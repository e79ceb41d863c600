"""
RUNS A STEP'S OWN SOURCE AGAIN, in a fresh namespace, on inputs that a check chooses.

    rerun       the run itself: source and inputs in, a `Run` out
    ready       compiles a cell once, with its watchers, for many runs
    watch       puts watchers into the source's loops
    quiet       catches what the step prints and shows
    calls       calls a learner's functions with plain data
    elsewhere   stands in for a function whose text is kept from the learner's code

The same code runs in a learner's kernel and inside the sandbox, so it needs the standard library
and IPython only.
"""
