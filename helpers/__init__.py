"""The shared package of the course.

Shapes are written with the same letters everywhere, batch first:

    B  batch            how many sentences at once
    T  query positions  who looks
    S  key positions    who is looked at
    H  heads            how many attention patterns side by side
    V  vocabulary       how many different tokens
"""
