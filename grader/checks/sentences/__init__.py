"""
Every sentence a learner reads about a mistake: what is wrong, why, and one thing to do next.

    syntax, names, stops  code that is not Python, or stops while it runs
    slips, loops          a missing name, a wrong type, a typed-in number; a loop that is none
    causes, formulas      why a counted number is wrong
    lines, characters     what is wrong with a printed line, and where it differs
"""
