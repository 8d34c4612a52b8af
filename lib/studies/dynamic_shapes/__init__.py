"""For which sizes is the exported model right?"""
