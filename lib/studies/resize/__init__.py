"""What shape did the model see?"""
