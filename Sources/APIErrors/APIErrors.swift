// What a refusal looks like in each dialect family.
