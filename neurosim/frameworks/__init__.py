"""Other frameworks: their networks brought in, their own training steps compared unit by unit, and networks as their code.

Their modules are never imported: an object that was handed in is known by what it can do.
"""
