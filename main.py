"""The command of the image: `python main.py spec|check|discover|read`."""

from source_fauna.run import run

if __name__ == "__main__":
    run()
