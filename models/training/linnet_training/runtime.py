"""ONNX Runtime: sessions of exported graphs, and what is computed from their answers."""

import numpy as np


def session(path):
    """A session of one graph on one thread; what is a session already stays as it is."""
    import onnxruntime  # Training alone does without.

    if hasattr(path, "run"):
        return path

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def run(sess, **inputs):
    """The outputs of one run by name; inputs are numpy arrays by name."""
    wanted = [output.name for output in sess.get_outputs()]
    given = {name: np.ascontiguousarray(array) for name, array in inputs.items()}
    return dict(zip(wanted, sess.run(None, given), strict=True))


class Steps:
    """An exported step graph that carries its state from call to call."""

    def __init__(self, path):
        self.session = session(path)
        self.hidden = next(i.shape[2] for i in self.session.get_inputs() if i.name == "h")
        self.start(1)

    def start(self, size):
        """Begins `size` sequences anew."""
        self.state = [np.zeros((2, size, self.hidden), np.float32)] * 2

    def __call__(self, **inputs):
        """The outputs of the next step, by name."""
        answer = run(self.session, h=self.state[0], c=self.state[1], **inputs)
        self.state = [answer["h_out"], answer["c_out"]]
        return answer


def log_loss(logits, wanted):
    """Nats of `wanted i64[B]` under `logits f32[B, K]`."""
    logits = logits.astype(np.float64)
    top = logits.max(1, keepdims=True)
    log_sum = top[:, 0] + np.log(np.exp(logits - top).sum(1))
    return log_sum - logits[np.arange(len(wanted)), wanted]
