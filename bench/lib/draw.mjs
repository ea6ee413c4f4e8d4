export const draw = () => 'nothing';
