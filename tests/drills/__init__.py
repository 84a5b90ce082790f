"""Breaking things on purpose: `./dev drill`."""

#: The deadlines that drills let lapse. Its handler is in _worker, which hurries the schedule of whoever imports it.
CODE = "drill.answer"
