"""Where inside the network do the numbers part?"""
