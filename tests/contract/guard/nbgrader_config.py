"""
Any course that says guard(c). The notebooks of nbgrader's own tests mostly hold no solutions, and
have checks that are passed by anybody: both are allowed here, as they are not what is tested.
"""

from grader.door import guard

c = get_config()  # noqa: F821 - nbgrader provides it
guard(c)
c.KeyTrial.allow_missed = ["*"]
c.KeyTrial.allow_blank = ["*"]
