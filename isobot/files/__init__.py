"""What each kind of file is made from: one module loads for one kind, `isobot.exports` lays it out."""
