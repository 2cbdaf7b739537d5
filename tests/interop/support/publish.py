"""One aiortc publisher as a process of its own, to be killed: URL MEETING TOKEN FREQUENCY.

Prints "publishing" once connected, then sends until its standard input ends.
"""
import sys
import types

from support.aiortc_peer import AiortcPublisher


def main():
    url, meeting, token, frequency = sys.argv[1:]
    publisher = AiortcPublisher(types.SimpleNamespace(url=url), meeting, token, (0, 0, 255),
                                int(frequency))
    print("publishing", flush=True)
    sys.stdin.read()
    publisher.close()


if __name__ == "__main__":
    main()
