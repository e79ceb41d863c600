"""
WHAT LEARNERS HAND IN, MADE SOUND: whatever file comes in, a notebook of the key's cells goes on.

    folder      which file is which notebook, when it came, what must not be copied
    repair      reads a file patiently, or says in one sentence why it cannot be read
    key         the cells of the release, from the gradebook, as plain data
    restore     puts the key's cells back into a notebook; `claims` tells which cell is which,
                `arrange` where each belongs

Nothing that a learner wrote into metadata is believed, and no link of a learner's is followed.
"""
