"""The server around the pages: who may come in, what every answer carries, and where it is reached."""
