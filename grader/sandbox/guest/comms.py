"""
Stub comms for widgets: messages are dropped, except an Output widget's captures.

A widget is shown as the view that its cell displays. An Output widget asks for the outputs of the
running request by setting its `msg_id`; a frontend would answer with its new `outputs`.
"""

import comm
from comm.base_comm import BaseComm

from grader.sandbox.guest.outputs import Outputs

REQUEST = {"header": {"msg_id": "cell"}, "metadata": {}, "content": {}}


class Kernel:
    """What widgets ask of a kernel: the request that runs."""

    session = None
    iopub_socket = None

    def get_parent(self, *_: object) -> dict:
        """Return the request that runs."""
        return REQUEST


class Comms:
    """The comms of a notebook; what an Output widget captured waits here for the next cell."""

    def __init__(self, outputs: Outputs) -> None:
        self.outputs = outputs
        self.waiting: list[tuple[BaseComm, list[dict]]] = []

    def connect(self) -> None:
        """Let widgets create comms of ours."""
        comms = self

        class Comm(BaseComm):
            """A comm whose other end is this object."""

            def publish_msg(self, msg_type: str, data: dict | None = None, *_, **__) -> None:
                comms.take(self, msg_type, (data or {}).get("state"))

        comm.create_comm = Comm

    def take(self, sender: BaseComm, kind: str, state: object) -> None:
        """Take a message of a widget: an Output widget starts or stops to capture."""
        request = state.get("msg_id") if isinstance(state, dict) else None
        if request:
            self.outputs.capture()
        elif request == "" and kind == "comm_msg":
            self.waiting.append((sender, self.outputs.release()))

    def deliver(self) -> None:
        """Give the widgets what they captured, as a frontend does when the cell is over."""
        while self.waiting:
            sender, captured = self.waiting.pop(0)
            message = {"method": "update", "state": {"outputs": captured}, "buffer_paths": []}
            content = {"comm_id": sender.comm_id, "data": message}
            sender.handle_msg({"content": content, "buffers": []})
