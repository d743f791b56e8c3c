"""The data sets of the field, one file a dialect: each makes a `Reader` and says where its layout is from."""
