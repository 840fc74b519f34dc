"""Runs a command that ends with whoever started this: when standard input closes, the command is asked to stop.

`python -m demo.tether COMMAND...`. A server that is killed thereby leaves no bot behind that still polls.
"""

import subprocess
import sys
import threading

#: Seconds a command has for stopping by itself.
PATIENCE = 10.0


def main(command: list[str]) -> int:
    """The command's exit code."""
    with subprocess.Popen(command, stdin=subprocess.DEVNULL) as child:  # noqa: S603 the caller's own command
        threading.Thread(target=_end_with_input, args=(child,), daemon=True).start()
        return child.wait()


def _end_with_input(child: "subprocess.Popen[bytes]") -> None:
    sys.stdin.buffer.read()
    child.terminate()
    try:
        child.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        child.kill()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
