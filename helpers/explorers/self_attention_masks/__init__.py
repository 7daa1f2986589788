from helpers.explorers.self_attention_masks.playground import *
