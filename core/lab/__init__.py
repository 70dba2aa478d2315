"""The performance lab: what answers cost, against how many images there are and how many are asked for."""
