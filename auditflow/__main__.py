"""`python -m auditflow` is `auditflow`."""

from auditflow.cli import main

if __name__ == "__main__":
    main()
