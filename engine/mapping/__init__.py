"""The crop map: class, probability and applicability of every parcel, with its accuracy and areas."""
