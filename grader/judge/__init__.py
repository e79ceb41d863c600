"""
THE ONE PATH of a submission: a restored notebook goes in, a result for each cell comes out.

    marking      a restored notebook as a task, and what came of the task into the notebook
    task         what there is to grade, and what came of it, as plain data
    notebook     cell by cell: learner's cells in the sandbox, checks here
    learner_process  the learner's own process: one guest, brought back when it dies
    lost         cells that ended Python or did not end, and what is left of them
    check        runs one check cell here
    beside       the course's own files beside the notebook, as checks here read and import them
    namespace, remote, models, calls
                 how a check sees the learner's values, functions and objects, and calls them
    static_session, reruns
                 how the vocabulary of grader.checks sees a notebook, and runs a step again
    static_values, static_widgets, purity, sources
                 what the text of cells says, so that nobody needs to ask in the sandbox
    replies, outputs
                 the shapes that a guest's answers may have
    inside       checks that need live objects, judged beside learner code
    display_capture, chance
                 what a check displays; equal random numbers for equal hand-ins
    client, process, worker
                 the second process that all of this runs in, watched from outside

The trust rule. Code that runs in the trusted process comes from the key, never from the submission.
Nothing the learner's process says is believed beyond being data: a score follows only from the
submitted text, from plain data taken where the check stands, and from calls and re-runs in the
sandbox on inputs that were chosen after the learner's code was read. Forging `total = 42` then
equals typing it, and typing it is caught by running the step again on other data.
"""
