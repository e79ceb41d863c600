"""
THE ONE PATH of a submission: a restored notebook goes in, a result for each cell comes out.

    task         what there is to grade, and what came of it, as plain data
    notebook     cell by cell: learner's cells in the sandbox, checks here
    process      the learner's own process: one guest, brought back when it dies
    check        runs one check cell here
    namespace, remote
                 how a check sees the learner's values, functions and objects
    facts, reruns
                 how the vocabulary of grader.checks sees a notebook, and runs a step again
    reference, inside
                 which checks need live objects, and how those are judged
    sources, shown
                 what the text of a cell says; what a check displays
    bench        the second process that all of this runs in, watched from outside

The trust rule. Code that runs in the trusted process comes from the key, never from the submission.
Nothing the learner's process says is believed beyond being data: a score follows only from the
submitted text, from plain data taken where the check stands, and from calls and re-runs in the
sandbox on inputs that were chosen after the learner's code was read. Forging `total = 42` then
equals typing it, and typing it is caught by running the step again on other data.
"""
