"""What a learner's notebook imports; holds no answer and imports nothing else of grader."""
