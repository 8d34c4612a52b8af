"""``11_robustness``: would it be right on other pictures, and for other callers?"""
