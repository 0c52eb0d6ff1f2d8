"""`python -m tonn_bridge` is `tonn-bridge`."""

from tonn_bridge.cli import main

if __name__ == "__main__":
    main()
