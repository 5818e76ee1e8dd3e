"""`python -m corpus_audit`."""

from corpus_audit.cli.app import main

if __name__ == "__main__":
    main()
