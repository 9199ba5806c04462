"""Where people come from: each module turns an HR system or a file into `HRRecord`s. Nothing here knows Loket."""
